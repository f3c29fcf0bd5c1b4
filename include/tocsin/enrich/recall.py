"""Remember what was said of a text, so that its copies are free: in a storm most posts are somebody else's words."""

from collections import OrderedDict
from hashlib import blake2b

from tocsin.enrich.tags import Tags

CAPACITY = 20_000
"""Texts that are remembered at once, some 2 KB each; the one not asked for longest is the first forgotten."""


class Recall:
    """The last texts by a digest of all that is judged; what is remembered is what would be said again."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._said: OrderedDict[bytes, Tags] = OrderedDict()

    def __len__(self) -> int:
        return len(self._said)

    def of(self, key: bytes) -> Tags | None:
        """Give what was said under this key, if it is remembered."""
        if (tags := self._said.get(key)) is not None:
            self._said.move_to_end(key)
        return tags

    def keep(self, key: bytes, tags: Tags) -> None:
        """Remember it."""
        self._said[key] = tags
        if len(self._said) > self._capacity:
            self._said.popitem(last=False)


def digest(*parts: object) -> bytes:
    """Give a key of 16 bytes for values whose `repr` says all of them."""
    return blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16).digest()
