"""What the environment says: where we keep things, how mail leaves, what is secret; never read at import."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from tocsin.config.words import Zone, is_here, parse_duration, parse_mailbox, parse_server
from tocsin.index.schema import prefix_problem

PORTS = {"none": 25, "starttls": 587, "tls": 465}

JETSTREAMS = ("wss://jetstream2.us-east.bsky.network", "wss://jetstream2.us-west.bsky.network")

AIRFLOW_STORE = "elasticsearch_default"
"""What TOCSIN_STORE says to take the Elasticsearch of Airflow's connection by that name. It must be said: Airflow
makes an example connection of that name by itself, and our data must not move because of it."""

Network = IPv4Network | IPv6Network


def _networks(text: object) -> object:
    parts = [part.strip() for part in text.split(",")] if isinstance(text, str) else text
    try:
        return tuple(ip_network(part) for part in parts if part) if isinstance(parts, list) else parts
    except ValueError as exc:
        raise ValueError(f"{exc}; write networks as 10.0.0.0/8, with commas between") from exc


def _store(text: str) -> str:
    if text == AIRFLOW_STORE:
        return text
    if text.startswith("sqlite:///") and text != "sqlite:///":
        return text
    scheme, host, secret = split_address(text)
    if secret:
        raise ValueError("holds a password; take it out and set TOCSIN_ELASTICSEARCH_API_KEY")
    if scheme in {"http", "https"} and host:
        return text
    raise ValueError(
        "write sqlite:///path/to/tocsin.db, https://host:9200 for Elasticsearch, or elasticsearch_default "
        "for the connection of that name in Airflow"
    )


def split_address(text: str) -> tuple[str, str, bool]:
    """Scheme and host of an address, and whether a log-in stands in it."""
    try:
        url = urlsplit(text)
        return url.scheme, url.hostname or "" if url.port != 0 else "", "@" in url.netloc
    except ValueError as exc:
        raise ValueError("is no address; write https://host:9200") from exc


def _prefix(text: str) -> str:
    if problem := prefix_problem(text):
        raise ValueError(problem)
    return text


def _repeat(value: object) -> object:
    repeat = parse_duration(value) if isinstance(value, str) else value
    if isinstance(repeat, timedelta) and not timedelta(minutes=5) <= repeat <= timedelta(days=30):
        raise ValueError("out of range; write 5m to 30d")
    return repeat


def _keep(value: object) -> object:
    keep = parse_duration(value) if isinstance(value, str) else value
    if isinstance(keep, timedelta) and not timedelta(days=1) <= keep <= timedelta(days=3650):
        raise ValueError("out of range; write 1d to 3650d")
    return keep


def _kibana(text: str) -> str:
    scheme, host, secret = split_address(text)
    if secret:
        raise ValueError("holds a password; take it out and set TOCSIN_KIBANA_API_KEY")
    if scheme not in {"http", "https"} or not host or "?" in text or "#" in text:
        raise ValueError("is no address; write https://kibana.example.org")
    return text.rstrip("/")


def _callback(text: str) -> str:
    scheme, host, secret = split_address(text)
    if secret or "?" in text or "#" in text or not host or not text.isascii():
        raise ValueError("is no address that hubs could call; write https://hooks.example.org")
    if scheme != "https" and not (scheme == "http" and is_here(host)):
        raise ValueError("must be https, since what comes there must not be read on its way")
    return text.rstrip("/")


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < 16:
        raise ValueError("is too short to keep a secret; write 16 characters or more")
    return key


def _jetstreams(text: object) -> object:
    if not isinstance(text, str):
        return text
    servers = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for server in servers:
        scheme, host, secret = split_address(server)
        if scheme not in {"ws", "wss"} or not host or secret or "?" in server:
            raise ValueError("write addresses as wss://jetstream.example.org, with commas between")
    if not servers:
        raise ValueError("names no server")
    return servers


def _tone_models(text: str) -> str:
    if "=" not in text:
        return text
    for part in text.split(","):
        language, _, path = part.partition("=")
        if language.strip() not in {"fr", "en"} or not path.strip():
            raise ValueError("write a folder, or en=FILE and fr=FILE with a comma between")
    return text


class Settings(BaseModel):
    """The settings of this process. A field's name is its variable's, in small letters without TOCSIN_."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    home: Path
    """Folder of all that Tocsin keeps; default `.tocsin` in the current folder."""
    config: Path
    """Folder of brands.yaml, sources.yaml and people.yaml; default `include/config` of the project, else `config`."""
    store: Annotated[str, AfterValidator(_store)]
    """Where mentions are kept: `sqlite:///<home>/tocsin.db` (default), `https://host:9200`, an Airflow connection."""
    elasticsearch_api_key: SecretStr | None = Field(default=None, repr=False)
    """API key for a store on Elasticsearch, as it was given at its making (`encoded`); default: none is sent."""
    elasticsearch_prefix: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$"), AfterValidator(_prefix)] = (
        "tocsin"
    )
    """What the names of our indices and templates on Elasticsearch begin with: `tocsin` (default)."""
    elasticsearch_ca: Path | None = None
    """File of the certificate authority (PEM) that checks Elasticsearch's certificate; default: the system's."""
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

    time_zone: Zone = "Europe/Paris"
    """Time zone of the team: hours and weekdays in Kibana are told in it; `Europe/Paris` (default)."""
    kibana_url: Annotated[str, AfterValidator(_kibana)] | None = None
    """Where people open Kibana, such as `https://kibana.example.org`; default: none, and mails hold no link to it."""
    kibana_space: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,100}$")] = "default"
    """Kibana space of the dashboards: `default`."""
    kibana_api_key: SecretStr | None = Field(default=None, repr=False)
    """API key that `tocsin kibana push` logs in to Kibana with, as it was given at its making (`encoded`)."""
    kibana_username: str | None = None
    """Name to log in to Kibana with where there is no API key."""
    kibana_password: SecretStr | None = Field(default=None, repr=False)
    """Password to log in to Kibana with."""
    fetches_at_once: Annotated[int, Field(ge=1, le=500)] = 64
    """Requests in flight in all, 1 to 500: `64` (default); to one host there is never more than one."""
    host_spacing: Annotated[float, Field(ge=0, le=60)] = 1.0
    """Seconds between two requests to one host, 0 to 60: `1` (default)."""
    retry_after_scope: Literal["feed", "host", "domain"] = "host"
    """Who rests when a server says to wait: the `feed`, its `host` (default), its registered `domain`."""
    metrics_file: Path | None = None
    """File that each round writes its counts to for Prometheus' node exporter, such as `/srv/prom/tocsin.prom`."""
    websub_callback: Annotated[str, AfterValidator(_callback)] | None = None
    """Address where hubs reach `tocsin websub serve`, such as `https://hooks.example.org`; default: only poll."""
    tone_models: Annotated[str, AfterValidator(_tone_models)] | None = None
    """Models of tone by `tocsin tone train`: a folder, or `en=FILE,fr=FILE`; default: none, the rules alone."""
    keep_mentions: Annotated[timedelta, BeforeValidator(_keep)] = timedelta(days=400)
    """How long mentions and the series are kept, 1d to 3650d, where a brand says nothing else: `400d` (default)."""
    keep_raw: Annotated[timedelta, BeforeValidator(_keep)] = timedelta(days=90)
    """How long raw batches are kept in the archive, also of posts that concern no brand: `90d` (default)."""
    keep_incidents: Annotated[timedelta, BeforeValidator(_keep)] = timedelta(days=1825)
    """How long closed incidents and their ledger are kept: `1825d` (default), five years."""
    keep_quarantine: Annotated[timedelta, BeforeValidator(_keep)] = timedelta(days=30)
    """How long items stay in quarantine: `30d` (default)."""
    keep_reports: Annotated[timedelta, BeforeValidator(_keep)] = timedelta(days=30)
    """How long the report of each single piece of work is kept; older ones are added up by day: `30d` (default)."""

    mastodon_token: SecretStr | None = Field(default=None, repr=False)
    """Access token for Mastodon's search; hashtags are read without one on most servers."""
    mastodon_url: Annotated[str, AfterValidator(parse_server)] = "https://mastodon.social"
    """Server that the token is for; no other is shown it: `https://mastodon.social` (default)."""
    bluesky_handle: str | None = None
    """Account that Bluesky is searched by, such as `brand.bsky.social`."""
    bluesky_password: SecretStr | None = Field(default=None, repr=False)
    """App password of that account; never its own password."""
    bluesky_jetstreams: Annotated[tuple[str, ...], BeforeValidator(_jetstreams)] = JETSTREAMS
    """Servers of Bluesky's Jetstream for `tocsin stream`, tried in turn: two of Bluesky's own (default)."""
    reddit_client_id: str | None = None
    """Id of the app that is registered at Reddit."""
    reddit_client_secret: SecretStr | None = Field(default=None, repr=False)
    """Secret of that app."""
    youtube_key: SecretStr | None = Field(default=None, repr=False)
    """API key of a Google project that has the YouTube Data API."""
    youtube_searches: Annotated[int, Field(ge=1)] = 90
    """Searches on YouTube a day, over all sources; Google gives 100: `90` (default)."""
    youtube_units: Annotated[int, Field(ge=1)] = 9000
    """All other questions to YouTube a day; Google gives 10,000: `9000` (default)."""
    facebook_token: SecretStr | None = Field(default=None, repr=False)
    """Page token of the brand's own Facebook page."""
    x_bearer_token: SecretStr | None = Field(default=None, repr=False)
    """Bearer token of an app at X."""
    x_url: Annotated[str, AfterValidator(parse_server)] = "https://api.x.com"
    """Server that the token is for, such as a proxy of yours; no other is shown it: `https://api.x.com` (default)."""
    x_posts: Annotated[int, Field(ge=1)] = 10_000
    """Posts of X that may be read in a calendar month, over all sources; each is paid for: `10000` (default)."""
    x_access: Literal["self_serve", "enterprise"] = "self_serve"
    """Access level of the app at X, which sets how long queries and rules may be: `self_serve` (default)."""

    @property
    def database(self) -> str:
        """Path of the SQLite file that `store` names, or `:memory:`; without meaning for another store."""
        return self.store.removeprefix("sqlite:///")
