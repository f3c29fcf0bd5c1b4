"""The door of enrichment: raw batches in, batches of mentions out, each item counted once."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from tocsin.enrich.stories import StoryBook
from tocsin.enrich.tagger import Tagger
from tocsin.enrich.tags import UNKNOWN, Tags
from tocsin.enrich.voices import Voices
from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.model import Mention, RawItem, Report, Stage, Tier, full_text
from tocsin.ports import BatchStore, Erasures, MentionStore, ReportLog

__all__ = ["Tagger", "enrich_batches"]

GROUP = 1_000
"""Items that are tagged together: networks read many texts as fast as a few."""

_STATUSES = ("matched", "unmatched", "unknown_language", "bad")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """A raw batch with what was said of each item."""

    id: str
    items: tuple[RawItem, ...] = ()
    tags: tuple[Tags, ...] = ()
    erased: int = 0
    """Items by authors who are to be forgotten; they went, from the raw batch too."""
    bad: int = 0
    """Records that do not decode; the raw batch keeps them."""
    is_damaged: bool = False
    """True when it cannot be read to its end."""


def enrich_batches(
    batch_ids: Sequence[str],
    *,
    batches: BatchStore,
    mentions: MentionStore,
    reports: ReportLog,
    erasures: Erasures,
    tagger: Tagger,
    now: datetime,
) -> tuple[Report, ...]:
    """Write for each raw batch the mentions in it that concern a brand; one report per batch, by id.

    Batches are taken in the order of their ids, and each is written whole or not at all: run again after a crash
    gives what an undisturbed run would have given. Counted: `matched` (in a language that we know),
    `unknown_language` (kept too, tone unknown), `unmatched` (dropped), `erased` (by an author who is to be forgotten:
    dropped from the raw batch too, so that the archive never holds it), `bad` (does not decode); or `waiting: 1` for
    a batch that cannot be read to its end and stays raw. A batch that is raw no more gives no report, so that the
    one of an earlier run stands: it is kept before the batch is written.

    TransientError: a store is away before any batch was done; later in the run the rest is `waiting`.
    """
    waiting = {*batches.pending(Stage.RAW), *batches.pending(Stage.ENRICHED)}
    asked = sorted(waiting.intersection(batch_ids))
    done: list[Report] = []
    try:
        for batch, mentioned in _enriched(asked, batches, mentions, erasures, tagger):
            report = _report(batch, now)
            reports.save(report)
            if not batch.is_damaged:
                batches.write(Stage.ENRICHED, batch.id, mentioned)
            done.append(report)
    except TransientError as exc:
        if not done:
            raise
        left = [batch_id for batch_id in asked if batch_id > done[-1].key]
        _log.warning("enrich: a store is away, %d batches keep waiting: %s", len(left), exc)
        for batch_id in left:
            done.append(_waiting(batch_id, now))
            reports.save(done[-1])
    return tuple(done)


def _enriched(
    asked: Sequence[str], batches: BatchStore, mentions: MentionStore, erasures: Erasures, tagger: Tagger
) -> Iterator[tuple[_Batch, list[Mention]]]:
    """Give each batch in order, with its mentions."""
    book = StoryBook()
    _learn_enriched(book, batches, frozenset(asked))
    for group in _groups(asked, batches, erasures):
        tagged = _tag(group, tagger)
        _learn_stored(book, mentions, tagged)
        for batch in tagged:
            yield batch, _mentions(batch, book, tagger.voices)


def _groups(batch_ids: Sequence[str], batches: BatchStore, erasures: Erasures) -> Iterator[list[_Batch]]:
    """Read the batches in order, some GROUP items at a time, without what is by authors who are to be forgotten."""
    group: list[_Batch] = []
    for batch_id in batch_ids:
        batch = _read(batch_id, batches)
        if batch is not None:
            group.append(_without(batch, erasures.all() if batch.items else frozenset(), batches))
        if sum(len(member.items) for member in group) >= GROUP:
            yield group
            group = []
    if group:
        yield group


def _read(batch_id: str, batches: BatchStore) -> _Batch | None:
    """Read what can be read of a raw batch; None: it is raw no more, another process was quicker."""
    items: list[RawItem] = []
    bad = 0
    try:
        records = batches.read(Stage.RAW, batch_id, RawItem)
        while True:
            try:
                items.append(next(records))
            except BadItemError as exc:
                _log.warning("enrich: a record of batch %s does not decode: %s", batch_id, exc)
                bad += 1
    except StopIteration:
        return _Batch(batch_id, tuple(items), bad=bad)
    except PermanentError as exc:
        if batch_id not in batches.pending(Stage.RAW):
            return None
        _log.warning("enrich: batch %s keeps waiting: %s", batch_id, exc)
        return _Batch(batch_id, is_damaged=True)


def _without(batch: _Batch, erased: frozenset[str], batches: BatchStore) -> _Batch:
    """Strike what is by these authors, from the raw batch first: nothing of theirs may come into the archive."""
    items = tuple(item for item in batch.items if item.author not in erased)
    if len(items) == len(batch.items):
        return batch
    batches.strike(Stage.RAW, batch.id, erased)
    return replace(batch, items=items, erased=len(batch.items) - len(items))


def _tag(group: Sequence[_Batch], tagger: Tagger) -> list[_Batch]:
    """Tag the items of all batches together, then hand each batch its own tags."""
    items = [item for batch in group for item in batch.items]
    chunks = (items[start : start + GROUP] for start in range(0, len(items), GROUP))
    tags = (tag for chunk in chunks for tag in tagger.tag(chunk))
    return [replace(batch, tags=tuple(islice(tags, len(batch.items)))) for batch in group]


def _mentions(batch: _Batch, book: StoryBook, voices: Voices) -> list[Mention]:
    """Build the mentions of the items that concern a brand; a story begins with its earliest text."""
    concerned = [(item, tag) for item, tag in zip(batch.items, batch.tags, strict=True) if tag.brands]
    stories = {
        item.id: book.assign(item.id, item.published_at, full_text(item.title, item.text))
        for item, _ in sorted(concerned, key=lambda pair: (pair[0].published_at, pair[0].id))
    }
    return [_mention(item, tag, stories[item.id], voices.tier_of(item)) for item, tag in concerned]


def _mention(item: RawItem, tags: Tags, story_id: str, tier: Tier) -> Mention:
    return Mention(
        id=item.id,
        source_id=item.source_id,
        network=item.network,
        url=item.url,
        title=item.title,
        text=item.text,
        author=item.author,
        published_at=item.published_at,
        discovered_at=item.discovered_at,
        language=tags.language,
        brands=tags.brands,
        tone=tags.tone,
        compound=tags.compound,
        story_id=story_id,
        entities=tags.entities,
        judgements=tags.judgements,
        tier=tier,
        audience=item.audience,
    )


def _learn_enriched(book: StoryBook, batches: BatchStore, asked: frozenset[str]) -> None:
    """Take the stories of batches that no store knows yet: they were enriched, and wait to be indexed."""
    for batch_id in batches.pending(Stage.ENRICHED):
        if batch_id in asked:
            continue
        try:
            for mention in batches.read(Stage.ENRICHED, batch_id, Mention):
                if mention.story_id == mention.id:
                    book.learn(mention.id, mention.published_at, mention.text_of)
        except (BadItemError, PermanentError) as exc:  # gone means indexed since we looked: the store knows it
            _log.info("enrich: batch %s is not read for stories: %s", batch_id, exc)


def _learn_stored(book: StoryBook, mentions: MentionStore, group: Sequence[_Batch]) -> None:
    """Take the stored stories of the days around the items that concern a brand, each day once."""
    pairs = (pair for batch in group for pair in zip(batch.items, batch.tags, strict=True))
    for window in book.unlearned(item.published_at for item, tag in pairs if tag.brands):
        for origin in mentions.story_origins(window):
            book.learn(origin.story_id, origin.published_at, full_text(origin.title, origin.text))


def _report(batch: _Batch, now: datetime) -> Report:
    if batch.is_damaged:
        return _waiting(batch.id, now)
    counts = Counter(map(_status, batch.tags))
    counts["bad"] = batch.bad
    told = {status: counts[status] for status in _STATUSES}
    if batch.erased:
        told["erased"] = batch.erased
    return Report("enrich", batch.id, now, sum(told.values()), told)


def _waiting(batch_id: str, now: datetime) -> Report:
    return Report("enrich", batch_id, now, 1, {"waiting": 1})


def _status(tags: Tags) -> str:
    if not tags.brands:
        return "unmatched"
    return "unknown_language" if tags.language == UNKNOWN else "matched"
