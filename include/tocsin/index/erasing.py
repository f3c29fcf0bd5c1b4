"""A person asks to be forgotten: everything under their pseudonym goes, in an order that no running step undoes.

The refusal is recorded first. From then on collect keeps nothing of theirs, enrich strikes it from the raw batch and
index leaves it out, each asking at its last moment. Then all is swept in the order in which a post travels, again and
again until a sweep finds nothing: what a step carried past us is met further on.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.errors import PermanentError
from tocsin.index.quarantined import mention_in
from tocsin.model import BadItem, Stage
from tocsin.ports import BatchStore, Erasures, MentionStore, Quarantine

PLACES = (Stage.RAW, Stage.ENRICHED, Stage.ARCHIVE)
SWEEPS = 50
"""So many sweeps that each find something mean that a step runs which does not ask for refusals: an older Tocsin."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was found of an author, by the place where it lay."""

    counts: Mapping[str, int]
    """Records by `raw`, `enriched`, `archive` (batches), `mentions`, `quarantine`; files by `drafts`."""
    unreadable: tuple[str, ...] = ()
    """Batches that are damaged, so that nobody can say whose records they hold."""


@dataclass(frozen=True, slots=True)
class Author:
    """Whom to forget: the pseudonym, and the name where it is known, which is looked for in quarantine only."""

    pseudonym: str
    name: str = field(default="", repr=False)


def find_author(author: Author, *, batches: BatchStore, mentions: MentionStore, quarantine: Quarantine) -> Erased:
    """Count what would be erased, and change nothing."""
    sweep = _Sweep(author, batches, quarantine, look_only=True)
    sweep.batches()
    sweep.quarantine()
    sweep.counts["mentions"] = mentions.by_author(author.pseudonym)
    return Erased(sweep.counts, tuple(sorted(sweep.unreadable)))


def erase_author(
    author: Author,
    *,
    batches: BatchStore,
    mentions: MentionStore,
    quarantine: Quarantine,
    erasures: Erasures,
    now: datetime,
) -> Erased:
    """Refuse the author from now on and delete all that is kept of them; again, or after a kill: the same end.

    What others wrote stays, copies of the author's posts too, under the story id that they have: an id says nothing.
    PermanentError: no pseudonym, or posts keep coming, which only a step can do that does not ask for refusals.
    """
    if not author.pseudonym:
        raise PermanentError("an empty pseudonym is nobody's: nothing was erased")
    erasures.add(author.pseudonym, now)
    sweep = _Sweep(author, batches, quarantine)
    for _ in range(SWEEPS):
        before = sweep.counts.total()
        sweep.batches()
        sweep.counts["mentions"] += mentions.erase(author.pseudonym)
        sweep.quarantine()
        if sweep.counts.total() == before:
            return Erased(sweep.counts, tuple(sorted(sweep.unreadable)))
    raise PermanentError(f"posts of this author still come after {SWEEPS} sweeps: is an older Tocsin running here?")


class _Sweep:
    """Sweeps over what lies on disk; a settled batch is read once, since nobody else changes it."""

    def __init__(
        self, author: Author, batches: BatchStore, quarantine: Quarantine, *, look_only: bool = False
    ) -> None:
        self._author = author
        self._batches = batches
        self._quarantine = quarantine
        self._look_only = look_only
        self._settled: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.unreadable: set[str] = set()

    def batches(self) -> None:
        """Strike the author's records from every batch, and drafts that a killed writer left."""
        for stage in PLACES:
            for batch_id in self._ids(stage):
                self._strike(stage, batch_id)
        if not self._look_only:
            self.counts["drafts"] += self._batches.strike_drafts([self._author.pseudonym])

    def quarantine(self) -> None:
        """Drop the items that are by the author, as far as they can be told."""
        theirs = [item.id for item in self._quarantine.stream() if is_theirs(item, self._author)]
        self.counts["quarantine"] += len(theirs) if self._look_only else self._quarantine.drop(theirs)

    def _ids(self, stage: Stage) -> tuple[str, ...]:
        if stage is Stage.RAW:
            # A raw batch that is enriched already lies there too, until it is settled.
            return tuple(sorted({*self._batches.pending(Stage.RAW), *self._batches.pending(Stage.ENRICHED)}))
        return self._batches.pending(stage)

    def _strike(self, stage: Stage, batch_id: str) -> None:
        if stage is Stage.ARCHIVE and batch_id in self._settled:
            return
        try:
            found = self._batches.strike(stage, batch_id, [self._author.pseudonym], look_only=self._look_only)
        except PermanentError:
            if batch_id in self._batches.pending(stage):
                self.unreadable.add(f"{stage.value}/{batch_id}")
            return
        self.counts[stage.value] += found
        if stage is Stage.ARCHIVE:
            self._settled.add(batch_id)


def is_theirs(item: BadItem, author: Author) -> bool:
    """Say whether a quarantined item is by this author.

    Its record says so. Without one there is only the excerpt: an archive's row as it stood, names and all, or a text
    that nobody signed. It is theirs when it holds the pseudonym, or the name as whole words.
    """
    mention = mention_in(item)
    if mention is not None:
        return mention.author == author.pseudonym
    told = _plain(" ".join((item.record, item.excerpt, item.reason)))
    names = [_plain(name) for name in (author.pseudonym, author.name)]
    return any(name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told) for name in names)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
