"""What a check-up says: facts in, a finding out; nothing here asks anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tocsin.collect.networks.asking import Access
from tocsin.collect.networks.table import NETWORKS, credentials_of, lacking
from tocsin.detect.coverage import coverage
from tocsin.model import Source, SourceState

if TYPE_CHECKING:
    from tocsin.wiring.tone_models import ToneModels


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    DEGRADED = "degraded"
    """Tocsin does its main work; something is missing or soon will be."""
    BROKEN = "broken"
    """Some part of the main work cannot be done."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check-up: what was looked at, how it is, and what to do about it."""

    what: str
    state: State
    told: str
    remedy: str = ""
    wrong_setting: bool = False
    """What is broken is a setting or the configuration."""


def ok(what: str, told: str) -> Finding:
    """All is well here."""
    return Finding(what, State.OK, told)


def degraded(what: str, told: str, remedy: str) -> Finding:
    """It works, with something missing."""
    return Finding(what, State.DEGRADED, told, remedy)


def broken(what: str, told: str, remedy: str, *, wrong_setting: bool = False) -> Finding:
    """It does not work."""
    return Finding(what, State.BROKEN, told, remedy, wrong_setting)


LITTLE, TOO_LITTLE = 2 * 10**9, 200 * 10**6
"""Bytes of free disk below which something should, or must, be done."""
FAILED = 3
"""Fetches that fail in a row before a source is named: one or two fail in normal life."""
NAMED = 5
"""So many sources or months are named; the rest is a number."""
SKEW = 10.0
"""Seconds that our clock and the node's may be apart: more, and a post could count in another bucket."""
MAJORS = (8, 9)
"""Elasticsearch versions that the client speaks to."""
TRIED_FROM = (8, 16)
"""The oldest that tests run on."""


def judge_disk(what: str, free: int) -> Finding:
    """Free bytes of a disk."""
    told = f"{size(free)} free"
    if free < TOO_LITTLE:
        return broken(what, told, "free some at once: nothing can be kept on a full disk")
    if free < LITTLE:
        return degraded(what, told, "free some soon, or move TOCSIN_HOME; raw batches are kept TOCSIN_KEEP_RAW long")
    return ok(what, told)


def judge_clock(here: datetime, there: datetime | None) -> Finding:
    """Our clock beside the store's."""
    if there is None:
        return ok("clock", f"{here:%Y-%m-%d %H:%M:%S} UTC here; the store tells none to compare with")
    apart = abs((here - there).total_seconds())
    if apart > SKEW:
        return degraded("clock", f"{apart:.0f} s apart from the store's", "let both machines follow a time server")
    return ok("clock", f"as the store's, within {SKEW:.0f} s")


def judge_sources(sources: Sequence[Source], states: Sequence[SourceState], now: datetime) -> list[Finding]:
    """How the sources did lately: those that fail, those never read, and how much of all we hear."""
    if not sources:
        return []  # The configuration's own line says so.
    known = {state.source_id: state for state in states}
    failing = [source.id for source in sources if source.id in known and known[source.id].failures >= FAILED]
    unread = [source.id for source in sources if source.id not in known or known[source.id].succeeded_at is None]
    found = []
    if failing:
        notes = f"{some(failing)}; the first: {known[failing[0]].note[:200] or 'no reason noted'}"
        found.append(degraded("sources", f"{len(failing)} of {len(sources)} fail: {notes}", "see `tocsin status`"))
    if unread:
        told = f"{len(unread)} of {len(sources)} were never read: {some(unread)}"
        found.append(degraded("sources", told, "run `tocsin collect`, or see that tocsin_collect runs"))
    heard = coverage(sources, states, now)
    if not found and heard < 1:
        told = f"{heard:.0%} answered lately"
        found.append(degraded("sources", told, "see that tocsin_collect runs, and `tocsin status`"))
    return found or [ok("sources", f"all {len(sources)} answered lately")]


def judge_networks(sources: Sequence[Source], access: Access) -> list[Finding]:
    """What each social network lacks of credentials; nothing where no source is of one."""
    asked = [source for source in sources if source.kind in NETWORKS]
    lacks = {source.id: lacking(source, credentials_of(source, access)) for source in asked}
    found = [
        degraded("networks", f"{name} {told}", "set it where tocsin_collect runs: include/docs/sources.md")
        for name, told in lacks.items()
        if told
    ]
    return found or ([ok("networks", f"{some(list(lacks))}: nothing is lacking")] if asked else [])


def judge_version(number: str | None) -> Finding:
    """Version of the Elasticsearch, `9.4.3`; None where the key may not ask."""
    what = "elasticsearch"
    if number is None:
        return ok(what, f"answers; its version is {UNTOLD}")
    parts = [int(part) for part in number.split(".")[:2] if part.isdigit()]
    if not parts or parts[0] not in MAJORS:
        return broken(what, f"version {number}", f"Tocsin speaks to {' and '.join(map(str, MAJORS))}: update it")
    if tuple(parts) < TRIED_FROM:
        return degraded(what, f"version {number}, older than any that was tried", "update it to 8.19 or newer")
    return ok(what, f"version {number}")


UNTOLD = "not told to this key (cluster privilege `monitor`); nothing needs it"


def judge_health(status: str | None, unassigned: int, blocks: Mapping[str, str]) -> Finding:
    """Health of our indices: green, yellow, red, None where the key may not ask; and those closed for writing."""
    what, told = "indices", f"{status}, {unassigned} copies without a place"
    if blocks and status != "red":
        return _closed(blocks)
    if status is None:
        return ok(what, f"their health is {UNTOLD}")
    if status == "red":
        return broken(what, told, "a part of the data cannot be read: see GET _cluster/allocation/explain")
    if status == "yellow":
        return degraded(
            what, told, "add a node, or see GET _cluster/allocation/explain: one disk holds the only copy"
        )
    return ok(what, status)


def _closed(blocks: Mapping[str, str]) -> Finding:
    """What nobody may write to, whatever its health: new mentions wait on our disk meanwhile."""
    told = f"closed for writing: {some([f'{index} ({block})' for index, block in blocks.items()])}"
    if "read_only_allow_delete" in blocks.values():
        remedy = "a disk of the node is nearly full: free room there, and it opens them again by itself"
    else:
        remedy = "look again in a minute; if no `tocsin store reindex` runs, run it with --all, or lift the block"
    return broken("indices", told, remedy)


def judge_privileges(missing: Sequence[str] | None) -> Finding:
    """Rights that the key lacks; None where the node has no security."""
    if missing is None:
        return degraded("privileges", "this node asks nobody who they are", "turn its security on, but for a trial")
    if missing:
        remedy = "give TOCSIN_ELASTICSEARCH_API_KEY a key with the rights that include/docs/elasticsearch.md lists"
        return broken("privileges", f"missing: {', '.join(missing)}", remedy)
    return ok("privileges", "all that are needed")


def judge_features(lacking: Sequence[str]) -> Finding:
    """What the node does not offer; nothing of the main way needs any of it."""
    if not lacking:
        return ok("features", "all that Tocsin knows to use")
    remedy = "nothing of Tocsin's main way needs them: include/docs/elasticsearch.md"
    return degraded("features", f"this node lacks {', '.join(lacking)}", remedy)


def judge_months(sizes: Sequence[tuple[str, int, int]], outdated: Sequence[str]) -> list[Finding]:
    """The months by name with documents and bytes, and those of an older mapping."""
    documents, volume = sum(month[1] for month in sizes), sum(month[2] for month in sizes)
    told = f"{len(sizes)} months, {documents:,} documents, {size(volume)}"
    if sizes:
        told += f"; largest {max(sizes, key=lambda month: month[2])[0]}"
    found = [ok("months", told)]
    if outdated:
        words = f"{some(outdated)} lie in an older mapping"
        found.append(degraded("mapping", words, "run `tocsin store reindex`; others may write and read meanwhile"))
    else:
        found.append(ok("mapping", "every month is up to date"))
    return found


def judge_waiting(raw: int, enriched: int, verdicts: int) -> Finding:
    """Batches on their way; normally few, since each minute takes what waits."""
    told = f"{raw} raw, {enriched} enriched, {verdicts} of verdicts wait"
    if raw + enriched > MANY or verdicts > 1:
        return degraded("batches", told, "see that tocsin_collect and tocsin_watch run, and why they fail")
    return ok("batches", told)


MANY = 30
"""Batches that wait before it is worth a word: half an hour of them."""


def some(names: Sequence[str]) -> str:
    """The first few names, and how many more."""
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def size(count: int) -> str:
    """Bytes as people read them."""
    for unit, each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= each:
            return f"{count / each:.1f} {unit}"
    return f"{count} bytes"


def judge_tone(found: "ToneModels", languages: Sequence[str]) -> Finding:
    """Whether the models of tone that were asked for are used; where one is not, the rules go on."""
    told = [f"{name} by the model {found.places[name]}" for name in languages if name in found.places]
    told += [f"{name} by the rules" for name in languages if name not in found.places]
    if found.troubles:
        told = [*(f"{name}: {trouble}" for name, trouble in found.troubles.items()), *told]
        return degraded(
            "tone", "; ".join(told), "train it again with `tocsin tone train`, or mend TOCSIN_TONE_MODELS"
        )
    if found.outdated:
        remedy = f"train again with `tocsin tone train`: the rules of {', '.join(found.outdated)} have changed since"
        return degraded("tone", "; ".join(told), remedy)
    return ok("tone", "; ".join(told))
