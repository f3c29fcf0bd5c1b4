"""What social networks know us by: the settings, else Airflow's connection `tocsin_<network>`."""

from collections.abc import Iterable, Mapping

from pydantic import SecretStr

from tocsin.adapters.tokens import FileTokens
from tocsin.collect.networks.asking import Access, Credentials, Network, beside
from tocsin.collect.networks.table import NETWORKS
from tocsin.config import Config, Settings
from tocsin.model import Brand
from tocsin.query import parse_query, searches
from tocsin.wiring.outside import FindConnection, find_named


def network_access(settings: Settings, config: Config, find_connection: FindConnection | None) -> Access:
    """Find what reading the config's networks needs; a network that no source is of is not looked up."""
    asked = {network.name: network for source in config.sources if (network := NETWORKS.get(source.kind))}
    return Access(
        names=names_of(config.brands),
        credentials={name: find_credentials(network, settings, find_connection) for name, network in asked.items()},
        tokens=FileTokens(settings.home / "tokens"),
        budgets={name: getattr(settings, name) for network in NETWORKS.values() for name in network.budgets},
    )


def names_of(brands: Iterable[Brand]) -> tuple[str, ...]:
    """Give what the brands are looked for by, as the matcher does; of a query its names, with their company.

    A brand that only patterns find is asked for by its name: networks know no patterns.
    """
    found: dict[str, str] = {}
    for brand in brands:
        plain = [name.replace('"', " ").strip() for name in brand.looked_for]
        for name in [*plain, *_asked(brand)] or [brand.name]:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _asked(brand: Brand) -> Iterable[str]:
    """What is asked of a query; where a name is asked alone, asking for it in company finds nothing more."""
    found = searches(parse_query(brand.query)) if brand.query else ()
    bare = {one.name.casefold() for one in found if not one.company}
    return (beside(one.name, one.company) for one in found if not one.company or one.name.casefold() not in bare)


def find_credentials(network: Network, settings: Settings, find_connection: FindConnection | None) -> Credentials:
    """Give what a network knows us by, as far as it is set: all from the settings, or all from the connection."""
    held = _from_settings(network, settings)
    if len([name for name in network.credentials if name in held]) < len(network.credentials):
        connection = find_named(f"tocsin_{network.name}", find_connection) if network.credentials else None
        if connection is not None:
            parts = dict(zip(network.credentials[::-1], (connection.password, connection.login), strict=False))
            held = {name: value for name, value in parts.items() if value} | _server(network, connection.host, held)
    return held


def _from_settings(network: Network, settings: Settings) -> dict[str, str]:
    given: Mapping[str, object] = {
        name: getattr(settings, f"{network.name}_{name}", None) for name in (*network.credentials, "url")
    }
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in given.items()
    }
    return {name: value for name, value in plain.items() if isinstance(value, str) and value}


def _server(network: Network, host: str | None, held: Mapping[str, str]) -> dict[str, str]:
    """The server that a connection's secret is for; only networks of many servers have one."""
    if "url" not in held:
        return {}
    return {"url": (host if "://" in host else f"https://{host}") if host else network.url}
