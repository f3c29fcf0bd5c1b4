"""Whom nothing may be kept of: the authors who asked to be forgotten."""

from datetime import datetime
from typing import Protocol


class Erasures(Protocol):
    """Pseudonyms of authors who asked to be forgotten: nothing of theirs is taken any more."""

    def add(self, author: str, at: datetime) -> None:
        """Refuse this author from now on; known to every process when this returns. The first time told stays."""
        ...

    def all(self) -> frozenset[str]:
        """Every refused pseudonym, as of this moment."""
        ...

    def remove(self, author: str) -> bool:
        """Take the author's posts again; False when they were not refused. What was erased does not come back."""
        ...

    def scrub(self) -> bool:
        """Let what was deleted leave the store's files too, as far as the store can; False: a part is still there.

        May take minutes, and other writers wait meanwhile. TransientError: not now, run it again.
        """
        ...
