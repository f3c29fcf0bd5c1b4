"""What the environment says: where we keep things, how mail leaves, what is secret; never read at import."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from tocsin.config.dotenv import read_dotenv
from tocsin.config.problems import Place, Problem, nearest, refuse, shown
from tocsin.config.words import parse_duration, parse_mailbox

PREFIX = "TOCSIN_"
OTHERS = ("EVAL_DATA", "ELASTICSEARCH_URL", "STANDALONE")
"""Names with our prefix that are no settings: what tests measure and run on, and the mark of our processes."""
PORTS = {"none": 25, "starttls": 587, "tls": 465}

Network = IPv4Network | IPv6Network


def _networks(text: object) -> object:
    parts = [part.strip() for part in text.split(",")] if isinstance(text, str) else text
    try:
        return tuple(ip_network(part) for part in parts if part) if isinstance(parts, list) else parts
    except ValueError as exc:
        raise ValueError(f"{exc}; write networks as 10.0.0.0/8, with commas between") from exc


def _store(text: str) -> str:
    if text.startswith("sqlite:///") and text != "sqlite:///":
        return text
    scheme, host, secret = _address(text)
    if secret:
        raise ValueError("holds a password; take it out and set TOCSIN_ELASTICSEARCH_API_KEY")
    if scheme in {"http", "https"} and host:
        return text
    raise ValueError("write sqlite:///path/to/tocsin.db, or https://host:9200 for Elasticsearch")


def _address(text: str) -> tuple[str, str, bool]:
    """Scheme and host of an address, and whether a log-in stands in it."""
    try:
        url = urlsplit(text)
        return url.scheme, url.hostname or "" if url.port != 0 else "", "@" in url.netloc
    except ValueError as exc:
        raise ValueError("is no address; write https://host:9200") from exc


def _repeat(value: object) -> object:
    repeat = parse_duration(value) if isinstance(value, str) else value
    if isinstance(repeat, timedelta) and not timedelta(minutes=5) <= repeat <= timedelta(days=30):
        raise ValueError("out of range; write 5m to 30d")
    return repeat


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < 16:
        raise ValueError("is too short to keep a secret; write 16 characters or more")
    return key


class Settings(BaseModel):
    """The settings of this process. A field's name is its variable's, in small letters without TOCSIN_."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    home: Path
    """Folder of all that Tocsin keeps; default `.tocsin` in the current folder."""
    config: Path
    """Folder of brands.yaml, sources.yaml and people.yaml; default `include/config` of the project, else `config`."""
    store: Annotated[str, AfterValidator(_store)]
    """Where mentions are kept: `sqlite:///<home>/tocsin.db` (default) or an Elasticsearch, `https://host:9200`."""
    elasticsearch_api_key: SecretStr | None = Field(default=None, repr=False)
    """API key for a store on Elasticsearch, as it was given at its making (`encoded`); default: none is sent."""
    elasticsearch_prefix: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")] = "tocsin"
    """What the names of our indices and templates on Elasticsearch begin with: `tocsin` (default)."""
    batches: str
    """Where batches of raw mentions are kept: a folder or any fsspec URL; default `<home>/batches`."""
    allow_networks: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = ()
    """Private networks that feeds may be fetched from all the same, such as `10.0.0.0/8,127.0.0.1`; default none."""
    pseudonym_key: Annotated[SecretStr, AfterValidator(_long_enough)] | None = Field(default=None, repr=False)
    """Secret that turns authors into pseudonyms, 16 characters or more; default: made once and kept in `<home>`."""
    smtp_host: str | None = None
    """Mail server; without one, mails go by Airflow's connection `smtp_default` or not at all."""
    smtp_port: Annotated[int, Field(ge=1, le=65535)]
    """Port of the mail server; default 587 for starttls, 465 for tls, 25 for none."""
    smtp_username: str | None = None
    """Name to log in to the mail server with; default: no log-in."""
    smtp_password: SecretStr | None = Field(default=None, repr=False)
    """Password to log in to the mail server with."""
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    """How the way to the mail server is encrypted: `starttls` (default), `tls` from the start, or `none`."""
    smtp_from: Annotated[str, AfterValidator(parse_mailbox)] | None = None
    """Address that mails come from; needed with TOCSIN_SMTP_HOST."""
    repeat: Annotated[timedelta, BeforeValidator(_repeat)] = timedelta(hours=4)
    """How long an incident goes on before people are told again, 5m to 30d: `4h` (default) or ISO 8601, `PT4H`."""

    @property
    def database(self) -> str:
        """Path of the SQLite file that `store` names, or `:memory:`; without meaning for another store."""
        return self.store.removeprefix("sqlite:///")


@dataclass(frozen=True, slots=True)
class _Given:
    """The variables with our prefix, from the environment over `.env`, and where each was set."""

    values: dict[str, str]
    places: dict[str, Place]

    def place(self, name: str) -> Place:
        return self.places.get(name, Place("environment"))

    def says(self, name: str) -> bool:
        value = self.values.get(name, "")
        return bool(value.strip()) and value.isprintable()


def read_settings(environ: Mapping[str, str], folder: Path | None = None) -> Settings:
    """Read the TOCSIN_ variables of `environ`, and under them those of `.env` in `folder` (default: the current one).

    An empty value counts as none. ConfigError: one line for each problem; no secret is repeated in it.
    """
    here = (folder or Path.cwd()).absolute()
    from_file, places, problems = read_dotenv(here / ".env")
    merged = {name: value for name, value in {**from_file, **environ}.items() if name.startswith(PREFIX)}
    given = _Given(merged, {name: place for name, place in places.items() if name not in environ})
    known = {PREFIX + field.upper(): field for field in Settings.model_fields}
    problems += [*_unknown(given, known), *_unprintable(given)]
    values = {field: given.values[name] for name, field in known.items() if given.says(name)}
    settings, wrong = _build(_with_defaults(values, here))
    wrong += _lacking(settings) if settings else []
    refuse([*problems, *(Problem(given.place(name), f"{name}: {text}") for name, text in wrong)])
    if settings is None:  # Never: what does not fit has left its problem.
        raise AssertionError("settings without fit and without problem")
    return settings


def _unknown(given: _Given, known: Mapping[str, str]) -> list[Problem]:
    """Refuse a misspelt name even when it is empty: it is why nothing changed."""
    names = sorted(set(given.values) - set(known) - {PREFIX + other for other in OTHERS})
    return [Problem(given.place(name), f"unknown setting {shown(name)}{nearest(name, known)}") for name in names]


def _unprintable(given: _Given) -> list[Problem]:
    names = [name for name, value in sorted(given.values.items()) if not value.isprintable()]
    text = "holds a line end or another control character; write it on one line"
    return [Problem(given.place(name), f"{shown(name)[1:-1]}: {text}") for name in names]


def _with_defaults(values: Mapping[str, str], here: Path) -> dict[str, Any]:
    """Fill in what depends on the folder or on another setting; all paths become whole, tasks run elsewhere."""
    home = _whole(values.get("home", ".tocsin"), here)
    project = Path(__file__).resolve().parents[2] / "config"
    filled: dict[str, Any] = {
        "config": project if project.is_dir() else here / "config",
        "store": f"sqlite:///{home}/tocsin.db",
        "batches": str(home / "batches"),
        "smtp_port": PORTS.get(values.get("smtp_tls", "starttls"), 587),
        **values,
        "home": home,
    }
    filled["config"] = _whole(str(filled["config"]), here)
    name = filled["store"].removeprefix("sqlite:///")
    if filled["store"].startswith("sqlite:///") and name not in {"", ":memory:"}:
        filled["store"] = f"sqlite:///{_whole(name, here)}"
    if "://" not in filled["batches"] and "::" not in filled["batches"]:
        filled["batches"] = str(_whole(filled["batches"], here))
    return filled


def _whole(path: str, here: Path) -> Path:
    """Make a path absolute; `~` is not unfolded where there is no home to unfold it to."""
    try:
        return here / Path(path).expanduser()
    except RuntimeError:
        return here / path


def _build(values: Mapping[str, Any]) -> tuple[Settings | None, list[tuple[str, str]]]:
    try:
        return Settings(**values), []
    except ValidationError as exc:
        # `hide_input_in_errors` keeps values out of pydantic's words; ours repeat none of a secret's either.
        errors = exc.errors(include_url=False, include_input=False)
        return None, [(PREFIX + str(error["loc"][0]).upper(), _words(error["type"], error)) for error in errors]


def _words(kind: str, error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    told = {
        "value_error": f"{context.get('error')}",
        "string_pattern_mismatch": "write small letters, digits, - and _, at most 61",
        "literal_error": f"write {context.get('expected')}",
        "greater_than_equal": "write a port, 1 to 65535",
        "less_than_equal": "write a port, 1 to 65535",
        "int_parsing": "write a port, 1 to 65535",
    }
    return told.get(kind, f"{error['msg'].lower()}; see include/docs/configuration.md")


def _lacking(settings: Settings) -> list[tuple[str, str]]:
    """What settings lack of each other."""
    problems = []
    in_clear = settings.store.startswith("http:") and not _is_here(_address(settings.store)[1])
    if settings.elasticsearch_api_key and in_clear:
        problems.append(("TOCSIN_STORE", "http would send the API key in clear; write https://"))
    if settings.smtp_host and not settings.smtp_from:
        problems.append(("TOCSIN_SMTP_FROM", "is missing; TOCSIN_SMTP_HOST needs the address that mails come from"))
    if bool(settings.smtp_username) != bool(settings.smtp_password):
        missing = "PASSWORD" if settings.smtp_username else "USERNAME"
        problems.append((f"TOCSIN_SMTP_{missing}", "is missing; set the user name and the password, or neither"))
    if settings.smtp_password and settings.smtp_tls == "none" and not _is_here(settings.smtp_host or ""):
        problems.append(("TOCSIN_SMTP_TLS", "none would send the password in clear; write starttls or tls"))
    return problems


def _is_here(host: str) -> bool:
    """Say whether the host is this machine, so that what we send it crosses no network."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
