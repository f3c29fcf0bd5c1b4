"""Posts that must be kept no more, one by one: gone on their network, or replaced by a newer version.

Swept in the order in which a post travels, until a sweep finds nothing: what a step carries past is met further on. A
step that holds a post in memory all the while brings it back; for posts that are gone the next day's look finds it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime

from tocsin.errors import BadItemError, PermanentError
from tocsin.index.quarantined import mention_in
from tocsin.model import RawItem, Stage
from tocsin.ports import BatchStore, MentionStore, Quarantine

SWEEPS = 5
_STAGES = (Stage.RAW, Stage.ENRICHED, Stage.ARCHIVE)


def erase_posts(
    ids: Collection[str],
    *,
    batches: BatchStore,
    mentions: MentionStore,
    quarantine: Quarantine | None = None,
    since: datetime | None = None,
) -> Mapping[str, int]:
    """Delete all that is kept under these ids, and count it by place; again, or after a kill: the same end.

    `since`: no batch that was begun earlier holds any of them. Copies by others stay. Without `quarantine` none there
    is looked for. A damaged batch is passed over.
    """
    counts: Counter[str] = Counter()
    wanted = frozenset(ids)
    for _ in range(SWEEPS if wanted else 0):
        before = counts.total()
        for stage in _STAGES:
            for batch_id in _ids(stage, batches, since):
                counts[stage.value] += _strike(stage, batch_id, wanted, batches)
        counts["mentions"] += mentions.erase_posts(wanted)
        if quarantine is not None:
            theirs = [item.id for item in quarantine.stream() if (held := mention_in(item)) and held.id in wanted]
            counts["quarantine"] += quarantine.drop(theirs)
        if counts.total() == before:
            break
    return counts


def stored_posts(
    name_of: Callable[[str], str], sources: Collection[str], *, batches: BatchStore, mentions: MentionStore
) -> Mapping[str, str]:
    """Give mention ids by the network's own names of all posts kept of these sources, in the store and in batches.

    `name_of` reads a name off an address; "" where it is none of that network. Posts of no brand lie in batches only.
    """
    found = {name: mention.id for mention in mentions.stream() if (name := name_of(mention.url))}
    for stage in (Stage.RAW, Stage.ARCHIVE):
        for batch_id in batches.pending(stage):
            if any(f"-{source}-" in batch_id for source in sources):
                found |= {name: item.id for item in _items(stage, batch_id, batches) if (name := name_of(item.url))}
    return found


def _ids(stage: Stage, batches: BatchStore, since: datetime | None) -> list[str]:
    waiting = set(batches.pending(stage))
    if stage is Stage.RAW:  # One that is enriched lies there too, until it is settled.
        waiting |= set(batches.pending(Stage.ENRICHED))
    earliest = f"{since.astimezone(UTC):%Y%m%dT%H%M%SZ}" if since else ""
    return sorted(batch_id for batch_id in waiting if batch_id >= earliest)


def _strike(stage: Stage, batch_id: str, ids: Collection[str], batches: BatchStore) -> int:
    try:
        return batches.strike_posts(stage, batch_id, ids)
    except PermanentError:
        return 0


def _items(stage: Stage, batch_id: str, batches: BatchStore) -> Iterator[RawItem]:
    try:
        records = batches.read(stage, batch_id, RawItem)
        while True:
            try:
                yield next(records)
            except BadItemError:
                continue
    except (StopIteration, PermanentError):
        return
