"""How we get to the team's Elasticsearch: by the settings, or by Airflow's connection `elasticsearch_default`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tocsin.config import AIRFLOW_STORE, Settings, is_here
from tocsin.errors import ConfigError
from tocsin.wiring.outside import FindConnection, find_named


@dataclass(frozen=True, slots=True)
class Access:
    """Where an Elasticsearch answers, how we log in, and whose certificates we believe."""

    url: str
    api_key: str | None = field(default=None, repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)
    """Name and password, where there is no API key."""
    ca: Path | None = None


def elastic_access(settings: Settings, find_connection: FindConnection | None = None) -> Access:
    """Read the way from the settings, or from the connection that TOCSIN_STORE names. ConfigError: it has none."""
    key = settings.elasticsearch_api_key.get_secret_value() if settings.elasticsearch_api_key else None
    if settings.store != AIRFLOW_STORE:
        return Access(settings.store, key, ca=settings.elasticsearch_ca)
    connection = find_named(AIRFLOW_STORE, find_connection)
    if connection is None:
        where = "outside Airflow there is none" if find_connection is None else "Airflow has none"
        raise ConfigError(
            f"TOCSIN_STORE names Airflow's connection {AIRFLOW_STORE}, and {where}; make it there "
            "(airflow connections add), or write https://host:9200"
        )
    return access_of(connection, key, settings.elasticsearch_ca)


def access_of(connection: Any, key: str | None = None, ca: Path | None = None) -> Access:
    """Read an Airflow connection as its Elasticsearch provider does; `key` and `ca` stand in for what it leaves out.

    Host, port (9200), schema (`http` or `https`), login and password; in its extras `api_key` and `ca_certs`.
    ConfigError: it names no host, or would send a secret in clear or to a host that is not checked.
    """
    extra = connection.extra_dejson
    scheme, host = connection.schema or "http", connection.host or ""
    if scheme not in {"http", "https"} or not host or "/" in host or "@" in host:
        raise _wrong("write the bare name of the host, the port beside it, and http or https as schema")
    if extra.get("verify_certs") is False:
        raise _wrong("certificates are always checked; take verify_certs out, and name the authority in ca_certs")
    key = extra.get("api_key") or key
    if key is not None and not isinstance(key, str):
        raise _wrong("api_key must be one text, as it was given at its making (`encoded`)")
    login = (connection.login, connection.password) if connection.login and connection.password else None
    if (key or login) and scheme == "http" and not is_here(host):
        raise _wrong("http would send the log-in in clear; write https as schema")
    bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
    named = extra.get("ca_certs")
    return Access(
        f"{scheme}://{bracketed}:{connection.port or 9200}",
        api_key=key,
        login=None if key else login,
        ca=Path(str(named)) if named else ca,
    )


def _wrong(text: str) -> ConfigError:
    return ConfigError(f"Airflow's connection {AIRFLOW_STORE}: {text}")
