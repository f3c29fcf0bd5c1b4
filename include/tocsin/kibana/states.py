"""Tables of what we keep one document of: incidents, sources, refused items."""

from collections.abc import Sequence

from tocsin.kibana import colours
from tocsin.kibana.columns import MINUTES, TIMES, WHOLE, Column, by, count, latest, measure
from tocsin.kibana.lens import Chart, Layer, Looks, metric, table
from tocsin.kibana.texts import Texts

NOTED = 'note.keyword : * and not note.keyword : ""'
STRENGTH = colours.steps(("#ffffff", colours.ALARM[0], colours.ALARM[1], colours.ALARM[2]), (0, 2, 4, 8))


def incidents(t: Texts, *, exempt: bool = False) -> Chart:
    """One row per incident, the latest first: what it was, how it ended, and the link to its view."""
    ended = (
        measure("closed", t("closed_at"), "max", "closed_at", kind="date"),
        measure("minutes", t("minutes"), "max", "minutes", form=MINUTES),
    )
    return _incidents(t, *ended, exempt=exempt)


def open_incidents(t: Texts) -> Chart:
    """One row per incident that is not over, the latest first."""
    return _incidents(t, kql='state : "open"')


def _incidents(t: Texts, *ended: Column, kql: str = "", exempt: bool = False) -> Chart:
    columns = (
        by("id", t("id"), "id", size=100, most="opened"),
        latest("brand", t("brand_name"), "brand_name"),
        latest("level", t("level"), "level"),
        latest("state", t("state"), "state"),
        latest("link", t("link"), "link"),
        measure("since", t("since"), "max", "since", kind="date"),
        measure("opened", t("opened_at"), "max", "opened_at", kind="date"),
        *ended,
        measure("factor", t("peak_factor"), "max", "peak_factor", form=TIMES),
        measure("mentions", t("mentions"), "max", "mentions", form=WHOLE),
    )
    looks = {
        "id": Looks(hidden=True),
        "link": Looks(width=80),
        "state": Looks(width=100),
        "factor": Looks(palette=STRENGTH),
    }
    return table(Layer("l", "incidents", columns, exempt), looks, sort="opened", kql=kql)


def incidents_tile(t: Texts) -> Chart:
    """How many incidents every brand had, and how many of them were critical, whatever is filtered."""
    columns = (count("m", t("p_incidents_tile")), count("critical", t("of_them_critical"), 'level : "critical"'))
    return metric(Layer("l", "incidents", columns, exempt=True), second=t("of_them_critical"))


def sources_tile(t: Texts, health: str) -> Chart:
    """How many sources are in this health, whatever is filtered."""
    column = count("m", t(f"sources_{health}"), f'health : "{health}"')
    worry = {} if health == "healthy" else colours.steps(("#ffffff", colours.ALARM[1]), (0, 1))
    return metric(Layer("l", "sources", (column,), exempt=True), palette=worry)


def unheard(t: Texts) -> Chart:
    """The sources that we do not hear, those that fail most first, whatever is filtered.

    A layer that ignores the dashboard's filters ignores the chart's own query too, so the choice is in the split.
    """
    return _sources(t, only=("failing", "throttled", "never"))


def sources(t: Texts) -> Chart:
    """One row per source, those that fail most first, whatever is filtered."""
    asked = measure("checked", t("checked_at"), "max", "checked_at", kind="date")
    return _sources(t, asked, measure("due", t("due_at"), "max", "due_at", kind="date"))


def _sources(t: Texts, *more: Column, only: Sequence[str] = ()) -> Chart:
    columns = (
        by("health", t("health"), "health", size=7, most="failures", only=only),
        by("source", t("source_id"), "source_id", size=1000, most="failures"),
        latest("note", t("note"), "note.keyword", by="checked_at", kql=NOTED),
        measure("failures", t("failures"), "max", "failures", form=WHOLE),
        measure("succeeded", t("succeeded_at"), "max", "succeeded_at", kind="date"),
        *more,
    )
    tired = colours.steps(("#ffffff", colours.ALARM[1], colours.ALARM[2]), (0, 1, 5))
    looks = {"failures": Looks(width=110, palette=tired), "note": Looks(width=300)}
    return table(Layer("l", "sources", columns, exempt=True), looks, sort="failures")


def refused(t: Texts) -> Chart:
    """What could not be taken, by step, source and reason, whatever is filtered."""
    columns = (
        by("reason", t("reason"), "reason.keyword", size=50, most="n"),
        by("step", t("step"), "step", size=5, most="n"),
        by("source", t("source_id"), "source_id", size=5, most="n"),
        count("n", t("items")),
    )
    return table(Layer("l", "quarantine", columns, exempt=True), {"reason": Looks(width=380)}, sort="n")
