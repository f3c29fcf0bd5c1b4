"""The metrics of a round, whole or not at all, into the file that Prometheus' node exporter reads."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.collect.metrics import metrics_text
from tocsin.model import Report

if TYPE_CHECKING:
    from tocsin.wiring.app import App

log = logging.getLogger(__name__)


def write_metrics(app: "App", path: Path, report: Report, took: float) -> None:
    """Write the file anew; when that fails it is logged, since what was collected counts more."""
    states = {state.source_id: state for state in app.stores.sources.all()}
    text = metrics_text(app.config.sources, states, report.counts, took=took, now=report.at)
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as exc:
        log.warning("metrics not written to %s: %s", path, exc)
        with suppress(OSError):
            draft.unlink(missing_ok=True)
