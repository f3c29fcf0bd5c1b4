"""Two stores side by side, so that one can be copied into the other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.config import Settings, load_config, read_settings
from tocsin.errors import ConfigError
from tocsin.wiring.stores import Stores, open_stores


@contextmanager
def open_two(
    environ: Mapping[str, str], source: str | None = None, target: str | None = None
) -> Iterator[tuple[Stores, Stores]]:
    """Open both stores by their addresses, written as TOCSIN_STORE is; the first can only be read.

    By default the first is the SQLite file of TOCSIN_HOME, the second that of TOCSIN_STORE. An API key, a prefix and
    an authority are those of the settings, for both. ConfigError: an address is wrong, or both are one store.
    """
    theirs = _at(environ, source or f"sqlite:///{read_settings(environ).home}/tocsin.db", "--from")
    ours = _at(environ, target, "--to")
    brands = load_config(ours.config, need_sources=False).brands
    with _to_read(theirs) as there, open_stores(ours, brands) as here:
        if _is_same(there, here):
            raise ConfigError(f"--from and --to are one store: {ours.store}; name another with --to or TOCSIN_STORE")
        yield there, here


def _at(environ: Mapping[str, str], address: str | None, option: str) -> Settings:
    try:
        return read_settings(environ if address is None else {**environ, "TOCSIN_STORE": address})
    except ConfigError as exc:
        raise ConfigError(str(exc).replace("environment: TOCSIN_STORE", option) if address else str(exc)) from exc


def _to_read(settings: Settings) -> Stores:
    if not settings.store.startswith("sqlite:"):
        return open_stores(settings)
    if not Path(settings.database).is_file():
        raise ConfigError(f"--from: no such file: {settings.database}; write sqlite:///path/to/tocsin.db")
    return open_sqlite(settings.database, read_only=True)


def _is_same(there: Stores, here: Stores) -> bool:
    if isinstance(there, SqliteStores) or isinstance(here, SqliteStores):
        files = [Path(one.database.path) for one in (there, here) if isinstance(one, SqliteStores)]
        return len(files) == 2 and all(file.is_file() for file in files) and files[0].samefile(files[1])
    # Two addresses may lead to one node.
    return there.cluster.url == here.cluster.url or not there.indices.uuids().isdisjoint(here.indices.uuids())
