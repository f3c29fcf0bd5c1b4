"""`tocsin sources`: how every source does, and all that one of them did lately."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.alert.outside import one_line
from tocsin.collect.interval import interval_of
from tocsin.errors import PermanentError
from tocsin.model import Health, Source, SourceState, health_of, is_heard
from tocsin.wiring import open_app

NOTE_CAP = 160
console = Console()

STYLES = {
    Health.NEVER: "red",
    Health.FAILING: "red",
    Health.THROTTLED: "yellow",
    Health.QUIET: "yellow",
    Health.LOUD: "cyan",
    Health.SLOW: "yellow",
    Health.HEALTHY: "green",
}
ILL = frozenset({Health.NEVER, Health.FAILING, Health.THROTTLED, Health.QUIET})


def show_table(*, as_json: bool, failing: bool) -> None:
    """Print one row per source of the config, the worst health first; `failing` leaves out who is well."""
    with open_app() as app:
        now = app.clock.now()
        states = {state.source_id: state for state in app.stores.sources.all()}
        rows = [(source, states.get(source.id, SourceState(source.id))) for source in app.config.sources]
    rows.sort(key=lambda row: (list(Health).index(health_of(row[1], now)), row[0].id))
    if failing:
        rows = [row for row in rows if health_of(row[1], now) in ILL]
    if as_json:
        for source, state in rows:
            # ASCII: whatever characters it holds, none reaches a terminal as itself.
            typer.echo(json.dumps(_record(source, state, now), ensure_ascii=True))
        return
    if rows:
        console.print(_table(rows, now))
    heard = sum(is_heard(source, state, now) for source, state in rows)
    console.print("every source is well" if failing and not rows else f"{len(rows)} sources, {heard} heard")


def show(source: Annotated[str, typer.Argument(help="Id of the source in sources.yaml.")]) -> None:
    """Show one source: how it does, and its last 30 fetches with the reason of each change."""
    with open_app() as app:
        now, zone = app.clock.now(), ZoneInfo(app.settings.time_zone)
        found = [one for one in app.config.sources if one.id == source]
        state = app.stores.sources.get(source)
    if not found:
        raise PermanentError(f"no source {source!r} is read: see `tocsin sources`, and `enabled` in sources.yaml")
    if state is None:
        console.print(Text(f"{source}: never asked so far"))
        return
    console.print(_table([(found[0], state)], now))
    if state.rhythm.last_new_at:
        per_day = f"{state.rhythm.per_day():.1f} new a day"
        console.print(Text(f"rhythm: {per_day}; the last on {_when(state.rhythm.last_new_at, zone)}"))
    table = Table(f"when ({zone.key})", "outcome", "took", "new", "known", "reason", title="Last fetches")
    for fetch in reversed(state.fetches):
        words = (fetch.outcome, f"{fetch.took} ms", f"{fetch.new}", f"{fetch.known}")
        table.add_row(_when(fetch.at, zone), *words, Text(one_line(fetch.reason, NOTE_CAP), overflow="fold"))
    console.print(table)


def _table(rows: Sequence[tuple[Source, SourceState]], now: datetime) -> Table:
    """Lay the sources out; notes come from outside, so that none of them is markup."""
    table = Table("source", "health", "answered", "next look", "every", "new", "failures", "note", title="Sources")
    for source, state in rows:
        health = health_of(state, now)
        share = _share_new(state)
        table.add_row(
            Text(one_line(source.id, 100), overflow="fold"),
            Text(health.value, style=STYLES[health]),
            _ago(state.succeeded_at, now),
            "now" if state.due_at is None or state.due_at <= now else f"in {_span(state.due_at - now)}",
            _span(interval_of(source, state, now)),
            "" if share is None else f"{share:.0%}",
            f"{state.failures or ''}",
            Text(one_line(state.note, NOTE_CAP), overflow="fold"),
        )
    return table


def _record(source: Source, state: SourceState, now: datetime) -> dict[str, object]:
    told = {
        "source_id": source.id,
        "health": health_of(state, now).value,
        "heard": is_heard(source, state, now),
        "checked_at": state.checked_at,
        "succeeded_at": state.succeeded_at,
        "due_at": state.due_at,
        "interval": interval_of(source, state, now).total_seconds(),
        "share_new": _share_new(state),
        "failures": state.failures,
        "note": state.note,
        "fetches": state.fetches,
    }
    return dict(msgspec.to_builtins(told))


def _share_new(state: SourceState) -> float | None:
    """Share of new among the items of the last fetches that brought a document; None where none did."""
    read = [fetch for fetch in state.fetches if fetch.outcome == "fetched"]
    total = sum(fetch.new + fetch.known for fetch in read)
    return sum(fetch.new for fetch in read) / total if total else None


def _when(at: datetime | None, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if at else "never"


def _span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 172_800:
        return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
    return f"{seconds / 86_400:.0f} d"


def _ago(at: datetime | None, now: datetime) -> str:
    """How long ago; a moment ahead was noted by another clock, and is now."""
    return f"{_span(max(now - at, timedelta()))} ago" if at else "never"
