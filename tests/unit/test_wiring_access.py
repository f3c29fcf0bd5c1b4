"""How the settings, or an Airflow connection, lead to an Elasticsearch; what is unsafe is refused with the remedy."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tocsin.config import Settings, read_settings
from tocsin.errors import ConfigError
from tocsin.wiring.access import Access, access_of, elastic_access
from tocsin.wiring.stores import open_stores

HERE = Path("/nowhere/at-all")
SECRET = "correct horse battery"


@dataclass
class Connection:
    """The fields of an Airflow connection that its Elasticsearch provider reads."""

    host: str | None = "es.example.org"
    port: int | None = None
    schema: str | None = "https"
    login: str | None = None
    password: str | None = None
    extra_dejson: dict[str, object] = field(default_factory=dict)


class AirflowNotFoundException(Exception):  # noqa: N818 - Airflow's own name, by which it is known
    """What Airflow raises when nobody made the connection."""


def read(**names: str) -> Settings:
    return read_settings({f"TOCSIN_{name}": value for name, value in names.items()}, HERE)


def test_without_airflow_the_settings_say_all() -> None:
    settings = read(STORE="https://es.example.org", ELASTICSEARCH_API_KEY=SECRET, ELASTICSEARCH_CA="ca.crt")
    assert elastic_access(settings) == Access("https://es.example.org", SECRET, ca=HERE / "ca.crt")


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (Connection(), Access("https://es.example.org:9200")),
        (Connection(port=9243, login="ana", password="x"), Access("https://es.example.org:9243", login=("ana", "x"))),
        (Connection(login="ana"), Access("https://es.example.org:9200")),
        (
            Connection(login="ana", password="no", extra_dejson={"api_key": SECRET, "ca_certs": "/etc/ca.crt"}),
            Access("https://es.example.org:9200", SECRET, ca=Path("/etc/ca.crt")),
        ),
        (Connection("localhost", 9, None, "ana", "x"), Access("http://localhost:9", login=("ana", "x"))),
        (Connection("::1", schema="http"), Access("http://[::1]:9200")),
    ],
)
def test_a_connection_is_read_as_airflows_provider_reads_it(connection: Connection, expected: Access) -> None:
    assert access_of(connection) == expected


def test_what_the_connection_leaves_out_comes_from_the_settings() -> None:
    settings = read(STORE="elasticsearch_default", ELASTICSEARCH_API_KEY=SECRET, ELASTICSEARCH_CA="/etc/ca.crt")
    made = {"elasticsearch_default": Connection()}
    assert elastic_access(settings, made.__getitem__) == Access(
        "https://es.example.org:9200", SECRET, ca=Path("/etc/ca.crt")
    )


@pytest.mark.parametrize(
    ("connection", "remedy"),
    [
        (Connection(host=None), "bare name of the host"),
        (Connection(host="https://es.example.org"), "bare name of the host"),
        (Connection(host="ana:secret@es.example.org"), "bare name of the host"),
        (Connection(schema="ftp"), "http or https as schema"),
        (Connection(schema="http", login="ana", password=SECRET), "write https as schema"),
        (Connection(schema=None, extra_dejson={"api_key": SECRET}), "write https as schema"),
        (Connection(extra_dejson={"verify_certs": False}), "name the authority in ca_certs"),
        (Connection(extra_dejson={"api_key": ["id", SECRET]}), "one text"),
    ],
)
def test_what_is_unsafe_or_unclear_is_refused_without_its_secret(connection: Connection, remedy: str) -> None:
    with pytest.raises(ConfigError, match="elasticsearch_default") as caught:
        access_of(connection)
    assert remedy in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_connection_that_is_not_there_is_said_with_the_remedy() -> None:
    def nobody_made_it(name: str) -> Connection:
        raise AirflowNotFoundException(name)

    settings = read(STORE="elasticsearch_default")
    with pytest.raises(ConfigError, match="Airflow has none; make it there"):
        open_stores(settings, find_connection=nobody_made_it)
    with pytest.raises(ConfigError, match=r"outside Airflow there is none.*https://host:9200"):
        open_stores(settings)


def test_a_connection_that_is_there_moves_nothing_unless_the_store_names_it(tmp_path: Path) -> None:
    def never(name: str) -> Connection:
        raise AssertionError(name)

    settings = read(STORE=f"sqlite:///{tmp_path}/tocsin.db")
    with open_stores(settings, find_connection=never) as stores:
        assert stores.mentions.total() == 0


def test_no_secret_is_in_what_is_printed() -> None:
    assert SECRET not in repr(Access("https://es.example.org", SECRET, ("ana", SECRET)))
