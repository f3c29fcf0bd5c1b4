"""A name as X is asked for it: phrases, hashtags, handles and cashtags, and how long that is."""

import re
import unicodedata
from collections.abc import Iterable

_HANDLE = re.compile(r"@[A-Za-z0-9_]{1,15}")
_HASHTAG = re.compile(r"#(?=\w*[^\W\d_])\w+")
_CASHTAG = re.compile(r"\$[A-Za-z]{1,6}")
_UNTOLD = re.compile(r'["\\\s\x00-\x1f\x7f]+')
"""What may not stand in a phrase: a quote would end it, and X knows no way to write one inside."""
_WORD = re.compile(r"\w+")


def ways_to_ask(names: Iterable[str], *, accents: bool = False) -> list[str]:
    """Give every way to ask for names, each once. `accents`: also without them, as a stream needs it."""
    if accents:
        names = [spelled for name in names for spelled in (name, _unaccented(name))]
    return once(term for name in names for term in spellings(name))


def length(text: str) -> int:
    """Characters as the most careful reader counts them: an emoji is two."""
    return len(text.encode("utf-16-le", "replace")) // 2


def spellings(name: str) -> list[str]:
    """Give the ways to ask for a name, the plainest first; none where X has no word for it."""
    name = name.strip()
    if any(shape.fullmatch(name) for shape in (_HANDLE, _HASHTAG, _CASHTAG)):
        return [name]
    phrase = _UNTOLD.sub(" ", name).strip()
    if not phrase or (phrase.isascii() and not _WORD.search(phrase)):
        return []
    words = _WORD.findall(phrase)
    run = f"#{''.join(words)}"
    # "Air France" does not find "#AirFrance", which our matcher takes for the brand.
    return [f'"{phrase}"', *([run] if len(words) > 1 and phrase[0] not in "#@$" and _HASHTAG.fullmatch(run) else [])]


def _unaccented(name: str) -> str:
    return unicodedata.normalize(
        "NFC", "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))
    )


def once(terms: Iterable[str]) -> list[str]:
    """Give each term once, whatever the case."""
    found: dict[str, str] = {}
    for term in terms:
        found.setdefault(term.casefold(), term)
    return list(found.values())
