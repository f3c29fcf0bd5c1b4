"""A replay's own world: stores in memory, a notifier that does not send, the clock of the recording."""

import json
import logging
import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.silent import SilentNotifier
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.collect.identity import pseudonym
from tocsin.collect.read_file import LONG_AGO, ColumnMap, own_map, read_rows
from tocsin.config import load_columns, load_config
from tocsin.detect.step import Detector
from tocsin.errors import ConfigError, PermanentError
from tocsin.model import BadItem, RawItem, Report, Source, SourceKind
from tocsin.records import to_line
from tocsin.replay.score import Outcome
from tocsin.replay.step import Cast, Progress, ReplayPorts, replay_items
from tocsin.wiring.results import check_target
from tocsin.wiring.tools import make_tagger

log = logging.getLogger(__name__)

PSEUDONYM_KEY = b"replay"
"""A replay's store dies with it, and the same archive must give the same result: a fixed key is right here."""

TOLD = 3
"""So many rows that could not be read are told with their reason; all are counted."""


def replay_archive(
    archive: Path,
    columns: Path | None,
    config: Path,
    *,
    repeat: timedelta = timedelta(hours=4),
    tone_models: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Replay the archive with the brands and people of `config`; nothing is sent, no live store is touched.

    `tone_models` is what TOCSIN_TONE_MODELS says, so that a replay hears as live operation does.
    Errors: ConfigError for a wrong config or column map, PermanentError for an archive that cannot be read.
    """
    settings = load_config(config, need_sources=False)
    tagger = make_tagger(settings, PSEUDONYM_KEY, tone_models)
    cast = Cast(settings.brands, settings.people, tagger, Detector(settings.brands), repeat)
    with open_sqlite(":memory:") as stores:
        ports = ReplayPorts(
            batches=FsspecBatches(f"memory://replay-{secrets.token_hex(4)}"),
            mentions=stores.mentions,
            incidents=stores.incidents,
            quarantine=stores.quarantine,
            reports=stores.reports,
            erasures=stores.erasures,
            notifier=SilentNotifier(),
        )
        known = [brand.id for brand in settings.brands]
        items = read_items(archive, find_columns(archive, columns, known), stores)
        return replay_items(items, cast=cast, ports=ports, progress=progress or log_each_day())


def find_columns(archive: Path, columns: Path | None, brands: Collection[str] | None = None) -> ColumnMap:
    """Read the column map; mail, crawled pages and kept feeds need none. ConfigError: it is wrong, or missing."""
    if columns is not None:
        return load_columns(columns, brands)
    if own := LocalArchive().own_columns(str(archive)):
        return own_map(own)
    raise ConfigError(f"{archive}: a table needs a column map: --columns FILE; `tocsin sources try` proposes one")


def read_items(archive: Path, columns: ColumnMap, stores: SqliteStores) -> list[RawItem]:
    """Read the archive's rows; bad ones go to quarantine, are counted, and the first are told.

    PermanentError when no row can be read: a wrong `time_format` must not look like calm.
    """
    source = Source(archive.name, SourceKind.FILE, str(archive), network="archive")
    rows = LocalArchive().rows(str(archive), columns.form)
    good: list[RawItem] = []
    bad: list[BadItem] = []
    keyed = partial(pseudonym, key=PSEUDONYM_KEY)
    for row in read_rows(rows, columns, source, LONG_AGO, keyed):
        if isinstance(row, BadItem):
            bad.append(row)
        else:
            good.append(row)
    if bad and not good:
        raise PermanentError(f"{archive}: none of its {len(bad)} rows can be read; the first: {bad[0].reason}")
    for item in bad[:TOLD]:
        log.warning("%s: not read: %s", archive.name, item.reason)
    stores.quarantine.put(bad)
    counts = {"new": len(good), "quarantined": len(bad)}
    stores.reports.save(Report("collect", archive.name, LONG_AGO, len(good) + len(bad), counts))
    return good


def log_each_day() -> Progress:
    """Write one log line per day of the moved clock: the progress of a replay that nobody watches."""
    days: set[date] = set()

    def log_day(at: datetime, done: int, total: int) -> None:
        if at.date() not in days:
            days.add(at.date())
            log.info("replay at %s: %d of %d items", at.date(), done, total)

    return log_day


def write_outcome(outcome: Outcome, path: Path) -> str:
    """Write the outcome as JSON, the same bytes for the same outcome, and return the path."""
    check_target(path)
    text = json.dumps(json.loads(to_line(outcome)), ensure_ascii=False, indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    return str(path)
