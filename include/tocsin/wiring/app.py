"""The live product: the ports filled with adapters, and what a driver may ask for."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.adapters.batches import FsspecBatches
from tocsin.config import Config, Settings, load_config, read_settings
from tocsin.errors import PermanentError, TocsinError, TransientError
from tocsin.model import Report, Stage, Verdict, floor_time
from tocsin.ports import Clock, Notifier
from tocsin.wiring.outside import FindConnection, SystemClock, choose_notifier, pseudonym_key
from tocsin.wiring.stores import Stores, open_stores
from tocsin.wiring.tools import make_tagger

if TYPE_CHECKING:  # spaCy and the language models cost seconds; only enriching pays them
    from tocsin.detect.step import Detector
    from tocsin.enrich.tagger import Tagger
    from tocsin.upkeep.step import Tidied
    from tocsin.wiring.keeping import Keeper
    from tocsin.wiring.x import Desk

log = logging.getLogger(__name__)

KEPT_VERDICTS = 12
"""Batches of verdicts that wait for another try, an hour of them: newer ones say better what could not be told."""


@dataclass(frozen=True)
class App:
    """Settings, config and ports, and what a driver may ask for."""

    settings: Settings
    config: Config
    stores: Stores
    batches: FsspecBatches
    clock: Clock
    find_connection: FindConnection | None = None

    def collect(self) -> list[str]:
        """Take in what hubs pushed and fetch what is due; return the ids of the batches written."""
        from tocsin.wiring.collecting import collect

        return collect(self)

    def enrich(self) -> list[str]:
        """Enrich every batch that waits, after reading the pages that it wants; return their ids."""
        from tocsin.enrich.step import enrich_batches

        ids = self.batches.pending(Stage.RAW)
        if ids:
            self._read_pages(ids)
            enrich_batches(
                ids,
                batches=self.batches,
                mentions=self.stores.mentions,
                reports=self.stores.reports,
                erasures=self.stores.erasures,
                tagger=self.tagger,
                now=self.clock.now(),
            )
        return list(ids)

    def index(self) -> list[str]:
        """Store every batch that was enriched; return their ids."""
        from tocsin.index.step import index_batches

        ids = self.batches.pending(Stage.ENRICHED)
        index_batches(
            ids,
            batches=self.batches,
            mentions=self.stores.mentions,
            quarantine=self.stores.quarantine,
            reports=self.stores.reports,
            erasures=self.stores.erasures,
            now=self.clock.now(),
        )
        return list(ids)

    def detect(self) -> str:
        """Judge every brand now and keep what charts show; return the id of the batch that holds the verdicts."""
        from tocsin.detect.coverage import coverage
        from tocsin.detect.step import Detector, judge_brands

        now, detector = self.clock.now(), Detector(self.config.brands)
        heard = coverage(self.config.sources, self.stores.sources.all(), now)
        verdicts = judge_brands(
            self.config.brands, mentions=self.stores.mentions, detector=detector, now=now, coverage=heard
        )
        batch_id = f"{floor_time(now):%Y%m%dT%H%M%SZ}-verdicts"
        self.batches.write(Stage.VERDICTS, batch_id, verdicts)
        for outdated in self.batches.pending(Stage.VERDICTS)[:-KEPT_VERDICTS]:
            if outdated != batch_id:  # It is the oldest by name when the clock was put back.
                self.batches.drop(Stage.VERDICTS, outdated)
        self._draw(detector, now, heard)
        return batch_id

    def alert(self, batch_id: str) -> Report | None:
        """Tell people what these verdicts call for and report it; None when an earlier try told all of it.

        TransientError: somebody was not reached or a brand failed; run again, it is tried for those only.
        """
        from tocsin.alert.step import tell_people
        from tocsin.wiring.kibana import link_maker

        if batch_id not in self.batches.pending(Stage.VERDICTS):
            return None
        report = tell_people(
            tuple(self.batches.read(Stage.VERDICTS, batch_id, Verdict)),
            brands=self.config.brands,
            people=self.config.people,
            incidents=self.stores.incidents,
            mentions=self.stores.mentions,
            notifier=self.notifier,
            now=self.clock.now(),
            repeat=self.settings.repeat,
            link=link_maker(self.settings, self.config),
        )
        self.stores.reports.save(report)
        troubles = [f"{report.counts[name]} {name}" for name in ("undelivered", "failed") if report.counts.get(name)]
        if troubles:
            raise TransientError(
                f"alert: {', '.join(troubles)} of {report.came_in} brands; the log and the ledger say why"
            )
        self.batches.drop(Stage.VERDICTS, batch_id)
        return report

    def _read_pages(self, ids: Sequence[str]) -> None:
        """Read full texts; when that fails it is logged, since a summary is better than nothing."""
        from tocsin.wiring.pages import read_pages

        try:
            read_pages(self, ids)
        except Exception as exc:
            ours = isinstance(exc, TocsinError)
            log.warning("pages not read, summaries stay: %s", exc, exc_info=not ours)

    def _draw(self, detector: "Detector", now: datetime, heard: float) -> None:
        """Keep what charts show; when that fails it is logged, since the alarm goes first."""
        from tocsin.detect.step import draw_series

        try:
            draw_series(self.stores.series, mentions=self.stores.mentions, detector=detector, now=now, coverage=heard)
        except Exception as exc:
            ours = isinstance(exc, TocsinError)
            log.warning("series not drawn, charts show a gap until it is: %s", exc, exc_info=not ours)

    def digest(self) -> Mapping[str, int]:
        """Send last week's digest to those who ask for one and do not have it yet; count `sent` and `had_it`.

        TransientError: somebody was not reached; run again, it is tried for those only.
        """
        from tocsin.wiring.digest import send_last_week

        return send_last_week(self)

    def tell_of_quiet(self) -> Mapping[str, int]:
        """Tell those who ask for the digest of sources that went quiet, once; count `sent` and `had_it`.

        TransientError: somebody was not reached; run again, it is tried for those only.
        """
        from tocsin.wiring.digest import send_quiet

        return send_quiet(self)

    def tidy(self, *, dry_run: bool = False) -> "Tidied":
        """Delete what has had its time and make the store ready for what comes; `dry_run` only counts.

        Each kind is tried. What failed is in the result; the rest is done.
        """
        from tocsin.upkeep.limits import Keep
        from tocsin.upkeep.step import UpkeepPorts, tidy

        settings, stores = self.settings, self.stores
        ports = UpkeepPorts(
            mentions=stores.mentions,
            series=stores.series,
            incidents=stores.incidents,
            quarantine=stores.quarantine,
            reports=stores.reports,
            batches=self.batches,
            caretaker=stores.caretaker,
        )
        keep = Keep(
            mentions=settings.keep_mentions,
            raw=settings.keep_raw,
            incidents=settings.keep_incidents,
            quarantine=settings.keep_quarantine,
            reports=settings.keep_reports,
        )
        return tidy(self.config.brands, keep, ports, self.clock.now(), dry_run=dry_run)

    @cached_property
    def tagger(self) -> "Tagger":
        """The brand matcher and the language tools, built once per process."""
        return make_tagger(self.config, pseudonym_key(self.settings), self.settings.tone_models)

    @property
    def x(self) -> "Desk":
        """What a person may ask of X."""
        from tocsin.wiring.x import Desk

        return Desk(self)

    @property
    def keeper(self) -> "Keeper":
        """What a person may ask of what is kept: try quarantine again, forget an author."""
        from tocsin.wiring.keeping import Keeper

        return Keeper(self)

    @cached_property
    def notifier(self) -> Notifier:
        """The channel to people: SMTP from the environment, else from Airflow's `smtp_default`."""
        return choose_notifier(self.settings, self.clock, self.find_connection)


@contextmanager
def open_app(
    environ: Mapping[str, str] | None = None,
    *,
    clock: Clock | None = None,
    find_connection: FindConnection | None = None,
) -> Iterator[App]:
    """Open the stores that the settings name and close them afterwards.

    ConfigError names what is wrong in settings and config, PermanentError the place that we cannot use.
    """
    settings = read_settings(os.environ if environ is None else environ)
    config = load_config(settings.config)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise PermanentError(f"TOCSIN_HOME cannot be the folder {settings.home}: {exc}") from exc
    with open_stores(settings, config.brands, find_connection) as stores:
        yield App(settings, config, stores, FsspecBatches(settings.batches), clock or SystemClock(), find_connection)
