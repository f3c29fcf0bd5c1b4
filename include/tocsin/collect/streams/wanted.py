"""What is kept of a stream that tells everything: only posts with the words that we look for, and nothing else."""

import re
import unicodedata
from collections.abc import Callable

from tocsin.model import RawItem, Source


def wanted_by(source: Source, concerns: Callable[[RawItem], bool]) -> Callable[[RawItem], bool]:
    """Give what says whether a post is wanted: it holds the source's query, else `concerns` says so."""
    if not source.query:
        return concerns
    words = r"\s+".join(re.escape(word) for word in _folded(source.query).split())
    pattern = re.compile(rf"(?<!\w){words}(?!\w)")
    return lambda item: bool(pattern.search(_folded(f"{item.title}\n{item.text}")))


def _folded(text: str) -> str:
    """Without accents and case, as searches read."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
