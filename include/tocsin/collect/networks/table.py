"""The networks that we read, one line each, and what a source of each of them lacks."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from tocsin.collect.networks.asking import Access, Credentials, Network
from tocsin.collect.networks.read_bluesky import BLUESKY
from tocsin.collect.networks.read_facebook import FACEBOOK
from tocsin.collect.networks.read_hackernews import HACKERNEWS
from tocsin.collect.networks.read_mastodon import MASTODON
from tocsin.collect.networks.read_reddit import REDDIT
from tocsin.collect.networks.read_x import X
from tocsin.collect.networks.read_youtube import YOUTUBE
from tocsin.model import Source, SourceKind

NETWORKS: Mapping[SourceKind, Network] = MappingProxyType(
    {
        SourceKind.MASTODON: MASTODON,
        SourceKind.BLUESKY: BLUESKY,
        SourceKind.REDDIT: REDDIT,
        SourceKind.HACKERNEWS: HACKERNEWS,
        SourceKind.YOUTUBE: YOUTUBE,
        SourceKind.FACEBOOK: FACEBOOK,
        SourceKind.X: X,
    }
)


def credentials_of(source: Source, access: Access) -> Credentials:
    """Give what may be shown to the source's server: nothing, where it was given for another (`url` among it)."""
    network = NETWORKS.get(source.kind)
    held = access.credentials.get(network.name, {}) if network else {}
    home = held.get("url", source.url)
    return held if urlsplit(home)[:2] == urlsplit(source.url)[:2] else {}


def lacking(source: Source, credentials: Credentials) -> str:
    """Say what a source of a social network lacks to be read, and where to set it; "" when it lacks nothing.

    `credentials` are those of its network that were found.
    """
    network = NETWORKS.get(source.kind)
    if network is None or (network.is_open("#") and not source.query) or network.is_open(source.query):
        return ""
    missing = [name for name in network.credentials if not credentials.get(name)]
    if not missing:
        return ""
    variables = " and ".join(f"TOCSIN_{network.name}_{name}".upper() for name in missing)
    return f"needs {variables}, or Airflow's connection tocsin_{network.name}"
