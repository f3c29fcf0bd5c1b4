"""What the environment may say, that nothing secret is ever shown, and that a slip names its remedy."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.config import Settings, read_settings
from tocsin.errors import ConfigError

HERE = Path("/nowhere/at-all")
SECRET = "correct horse battery"


def read(**names: str) -> Settings:
    return read_settings({f"TOCSIN_{name}": value for name, value in names.items()}, HERE)


def problems(**names: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(**names)
    return str(caught.value).splitlines()


def test_nothing_set_keeps_everything_in_one_folder_here() -> None:
    settings = read()
    assert settings.home == HERE / ".tocsin"
    assert settings.store == "sqlite:////nowhere/at-all/.tocsin/tocsin.db"
    assert settings.database == "/nowhere/at-all/.tocsin/tocsin.db"
    assert settings.batches == "/nowhere/at-all/.tocsin/batches"
    assert (settings.allow_networks, settings.repeat) == ((), timedelta(hours=4))
    assert (settings.smtp_host, settings.smtp_from, settings.smtp_username) == (None, None, None)
    assert settings.pseudonym_key is None


def test_home_moves_what_lies_in_it() -> None:
    settings = read(HOME="/srv/tocsin")
    assert (settings.database, settings.batches) == ("/srv/tocsin/tocsin.db", "/srv/tocsin/batches")


def test_paths_become_whole_because_tasks_run_elsewhere() -> None:
    settings = read(HOME="h", CONFIG="c", STORE="sqlite:///s/t.db", BATCHES="b")
    assert (settings.home, settings.config) == (HERE / "h", HERE / "c")
    assert (settings.database, settings.batches) == (str(HERE / "s/t.db"), str(HERE / "b"))


def test_urls_and_memory_are_left_as_they_are() -> None:
    settings = read(STORE="sqlite:///:memory:", BATCHES="s3://bucket/tocsin")
    assert (settings.database, settings.batches) == (":memory:", "s3://bucket/tocsin")


@pytest.mark.parametrize(
    "url", ["https://es.example.org:9243/behind/a/proxy", "http://127.0.0.1:9200", "http://[::1]"]
)
def test_a_store_may_be_an_elasticsearch(url: str) -> None:
    settings = read(STORE=url, ELASTICSEARCH_API_KEY=SECRET, ELASTICSEARCH_PREFIX="acme-1")
    assert (settings.store, settings.elasticsearch_prefix) == (url, "acme-1")
    assert settings.elasticsearch_api_key is not None
    assert settings.elasticsearch_api_key.get_secret_value() == SECRET
    assert read().elasticsearch_prefix == "tocsin"


@pytest.mark.parametrize("prefix", ["tocsin-mentions", "tocsin-moved", "a-series-b"])
def test_a_prefix_that_lies_in_another_ones_indices_is_refused(prefix: str) -> None:
    with pytest.raises(ConfigError, match="names an index of another prefix"):
        read(ELASTICSEARCH_PREFIX=prefix)


@pytest.mark.parametrize("prefix", ["tocsin-b", "mentions", "moved_b", "tocsin-removed"])
def test_any_other_prefix_may_be(prefix: str) -> None:
    assert read(ELASTICSEARCH_PREFIX=prefix).elasticsearch_prefix == prefix


def test_everything_set_arrives() -> None:
    settings = read(
        ALLOW_NETWORKS="10.0.0.0/8, 127.0.0.1,fd00::/8",
        PSEUDONYM_KEY=SECRET,
        SMTP_HOST="mail.example.org",
        SMTP_PORT="2525",
        SMTP_USERNAME="bell",
        SMTP_PASSWORD=SECRET,
        SMTP_TLS="tls",
        SMTP_FROM="bell@example.org",
        REPEAT="PT90M",
    )
    assert settings.allow_networks == (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"), ip_network("fd00::/8"))
    assert settings.pseudonym_key is not None
    assert settings.pseudonym_key.get_secret_value() == SECRET
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == SECRET
    assert (settings.smtp_host, settings.smtp_port, settings.smtp_tls) == ("mail.example.org", 2525, "tls")
    assert (settings.smtp_username, settings.smtp_from) == ("bell", "bell@example.org")
    assert settings.repeat == timedelta(minutes=90)


@pytest.mark.parametrize(("tls", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_the_port_follows_the_encryption(tls: str, port: int) -> None:
    assert read(SMTP_TLS=tls).smtp_port == port
    assert read(SMTP_TLS=tls, SMTP_PORT="26").smtp_port == 26


def test_an_empty_value_counts_as_none() -> None:
    assert read(SMTP_HOST="", REPEAT=" ", STORE="") == read()


def test_what_is_not_ours_is_not_read() -> None:
    others = {"EVAL_DATA": "/data", "ELASTICSEARCH_URL": "http://127.0.0.1:9200", "STANDALONE": "1"}
    environ = {"PATH": "/bin", "SMTP_HOST": "mail", **{f"TOCSIN_{name}": value for name, value in others.items()}}
    assert read_settings(environ, HERE) == read()


def test_settings_do_not_change() -> None:
    settings = read()
    with pytest.raises(ValueError, match="frozen"):
        settings.smtp_host = "other"


def test_no_secret_is_ever_shown() -> None:
    settings = read(
        PSEUDONYM_KEY=SECRET, SMTP_PASSWORD=SECRET, SMTP_USERNAME="u", SMTP_HOST="h", SMTP_FROM="u@example.org"
    )
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    with_keys = read(STORE="https://es", ELASTICSEARCH_API_KEY=SECRET)
    assert SECRET not in f"{with_keys!r} {with_keys} {with_keys.model_dump()} {with_keys.model_dump_json()}"
    assert SECRET not in problems(STORE=f"https://u:{SECRET}@es:9200")[0]
    found = problems(PSEUDONYM_KEY="hunter2", SMTP_PASSWORD=SECRET, SMTP_TLS="none", SMTP_PORT="x")
    assert SECRET not in "".join(found)
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"SMPT_HOST": "m"}, "unknown setting 'TOCSIN_SMPT_HOST'; did you mean 'TOCSIN_SMTP_HOST'?"),
        ({"SMPT_HOST": ""}, "unknown setting 'TOCSIN_SMPT_HOST'; did you mean 'TOCSIN_SMTP_HOST'?"),
        ({"repeat": "4h"}, "unknown setting 'TOCSIN_repeat'; did you mean 'TOCSIN_REPEAT'?"),
        ({"STORE": "postgres://x"}, "TOCSIN_STORE: write sqlite:///path/to/tocsin.db, https://host:9200 for"),
        ({"STORE": "sqlite:///"}, "TOCSIN_STORE: write sqlite:///path/to/tocsin.db, https://host:9200 for"),
        ({"STORE": "https://"}, "TOCSIN_STORE: write sqlite:///path/to/tocsin.db, https://host:9200 for"),
        ({"STORE": "http://es:port"}, "TOCSIN_STORE: is no address; write https://host:9200"),
        ({"STORE": "https://u:hunter2@es:9200"}, "TOCSIN_STORE: holds a password; take it out and set TOCSIN_ELAST"),
        (
            {"STORE": "http://es:9200", "ELASTICSEARCH_API_KEY": SECRET},
            "TOCSIN_STORE: http would send the API key in clear; write https://",
        ),
        ({"ELASTICSEARCH_PREFIX": "A*"}, "TOCSIN_ELASTICSEARCH_PREFIX: write small letters, digits, - and _"),
        ({"ALLOW_NETWORKS": "10.0.0.1/8"}, "TOCSIN_ALLOW_NETWORKS: 10.0.0.1/8 has host bits set; write networks as"),
        (
            {"ALLOW_NETWORKS": "home"},
            "TOCSIN_ALLOW_NETWORKS: 'home' does not appear to be an IPv4 or IPv6 network; wri",
        ),
        (
            {"PSEUDONYM_KEY": "short"},
            "TOCSIN_PSEUDONYM_KEY: is too short to keep a secret; write 16 characters or mor",
        ),
        ({"SMTP_PORT": "smtp"}, "TOCSIN_SMTP_PORT: write a port, 1 to 65535"),
        ({"SMTP_PORT": "70000"}, "TOCSIN_SMTP_PORT: write a port, 1 to 65535"),
        ({"SMTP_TLS": "ssl"}, "TOCSIN_SMTP_TLS: write 'none', 'starttls' or 'tls'"),
        ({"SMTP_FROM": "bell"}, "TOCSIN_SMTP_FROM: 'bell' is no e-mail address; write it bare, such as"),
        ({"SMTP_HOST": "m"}, "TOCSIN_SMTP_FROM: is missing; TOCSIN_SMTP_HOST needs the address that mails come from"),
        ({"SMTP_USERNAME": "u"}, "TOCSIN_SMTP_PASSWORD: is missing; set the user name and the password, or neither"),
        ({"SMTP_PASSWORD": "p"}, "TOCSIN_SMTP_USERNAME: is missing; set the user name and the password, or neither"),
        ({"REPEAT": "often"}, "TOCSIN_REPEAT: 'often' is no length of time; write 90s, 5m, 4h, 1d or ISO 8601 such"),
        (
            {"SMTP_HOST": "m\nx"},
            "TOCSIN_SMTP_HOST: holds a line end or another control character; write it on one line",
        ),
        ({"REPEAT": "1m"}, "TOCSIN_REPEAT: out of range; write 5m to 30d"),
    ],
)
def test_a_slip_names_its_remedy(names: dict[str, str], expected: str) -> None:
    found = problems(**names)
    assert len(found) == 1
    assert found[0].startswith(f"environment: {expected}")


def test_a_password_is_not_sent_in_clear_except_to_this_machine() -> None:
    login = {"SMTP_USERNAME": "u", "SMTP_PASSWORD": "p", "SMTP_TLS": "none", "SMTP_FROM": "u@example.org"}
    assert read(SMTP_HOST="127.0.0.1", **login).smtp_tls == "none"
    assert problems(SMTP_HOST="mail.example.org", **login) == [
        "environment: TOCSIN_SMTP_TLS: none would send the password in clear; write starttls or tls"
    ]


def test_all_slips_are_told_at_once() -> None:
    assert len(problems(SMTP_PORT="x", REPEAT="x", STORE="x", SMPT_HOST="x")) == 4


@given(
    st.dictionaries(
        st.sampled_from([name.upper() for name in Settings.model_fields]) | st.text(max_size=5),
        st.text(max_size=30) | st.sampled_from(["~x/y", "sqlite:///~/x", "4h", "tls", "::1,10.0.0.0/8", "587"]),
        max_size=5,
    )
)
def test_any_environment_gives_settings_or_one_error(names: dict[str, str]) -> None:
    try:
        read(**names)
    except ConfigError as exc:
        assert all(line.isprintable() for line in str(exc).split("\n"))  # noqa: PT017 - either outcome is right


def test_kibana_is_logged_in_to_whole_and_not_in_clear() -> None:
    assert read(KIBANA_URL="https://kibana.example.org/").kibana_url == "https://kibana.example.org"
    assert "TOCSIN_KIBANA_PASSWORD" in problems(KIBANA_URL="https://kibana.example.org", KIBANA_USERNAME="ana")[0]
    assert "TOCSIN_KIBANA_URL: is missing" in problems(KIBANA_API_KEY=SECRET)[0]
    assert "in clear" in problems(KIBANA_URL="http://kibana.example.org", KIBANA_API_KEY=SECRET)[0]
    assert "no address" in problems(KIBANA_URL="kibana.example.org")[0]


def test_what_is_kept_is_told_in_days() -> None:
    assert read(KEEP_RAW="7d").keep_raw == timedelta(days=7)
    assert "1d to 3650d" in problems(KEEP_MENTIONS="1h")[0]


def test_the_teams_time_zone_is_a_real_one() -> None:
    assert read().time_zone == "Europe/Paris"
    assert "did you mean 'Europe/London'" in problems(TIME_ZONE="Europe/Londn")[0]
