"""What passes between two steps: batches of records that are durable before the next step begins."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from tocsin.model import Stage

T = TypeVar("T")


class BatchStore(Protocol):
    """Durable batches of records between steps; a batch is whole or absent, never half."""

    def write(self, stage: Stage, batch_id: str, records: Iterable[object]) -> int:
        """Write the batch atomically and return how many records; writing the same id again replaces it."""
        ...

    def read(self, stage: Stage, batch_id: str, kind: type[T]) -> Iterator[T]:
        """Stream the records in order. PermanentError: no such batch, or it is damaged.

        BadItemError: a record does not decode; the next call goes on with the record after it.
        """
        ...

    def pending(self, stage: Stage) -> tuple[str, ...]:
        """Ids that lie at `stage`, sorted. RAW: not yet enriched. ENRICHED: not yet settled. ARCHIVE: settled.

        PUSHED: not yet read. VERDICTS: not yet told.
        """
        ...

    def drop(self, stage: Stage, batch_id: str) -> None:
        """Forget the batch at this stage; nothing happens when it is not there."""
        ...

    def strike(self, stage: Stage, batch_id: str, authors: Collection[str], *, look_only: bool = False) -> int:
        """Write the batch again without the records of these authors, atomically; give how many there are.

        Nothing else of it changes, and records that do not decode go when they hold such a pseudonym anywhere. A
        batch that is left empty is dropped, except an enriched one: it settles what it stands for. A batch that is
        not there has none. `look_only`: count, change nothing. PermanentError: it is damaged.
        """
        ...

    def strike_posts(self, stage: Stage, batch_id: str, ids: Collection[str]) -> int:
        """Write the batch again without the records of these ids, as `strike` does; give how many there were."""
        ...

    def strike_drafts(self, authors: Collection[str]) -> int:
        """Delete what a killed writer left unfinished if it holds a record of these authors; give how many files."""
        ...

    def settle(self, batch_id: str) -> None:
        """Say that the store holds the batch: the raw batch goes to the archive, the enriched one is dropped."""
        ...

    def prune(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete archived batches from before that moment, by the time in their id; count them.

        `dry_run` only counts. One whose id begins with no date stays.
        """
        ...

    def sweep(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete verdicts and pushes from before that moment, by their id, and drafts not touched since; count them.

        A draft is what a killed writer leaves. `dry_run` only counts.
        """
        ...
