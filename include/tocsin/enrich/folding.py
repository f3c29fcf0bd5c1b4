"""Read texts alike however they were typed: without case, accents, curly quotes, links; one place for all readers."""

import re
import unicodedata
from functools import lru_cache

LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@])@\w+")

# Letters that Unicode does not take apart, quotes and hyphens that keyboards vary, marks that nobody sees.
_ALIKE = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i",
        "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "‐": "-", "‑": "-",
        "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
    }
)  # fmt: skip
_ACCENTS = re.compile("[\u0300-\u036f]+")


def unaccent(text: str) -> str:
    """Give the text with plain letters, straight apostrophes and hyphens; case is kept, the length may change."""
    if text.isascii():
        return text.replace("`", "'")
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_ALIKE)))


def fold(text: str) -> str:
    """Give the text as it is compared: unaccented and in small letters."""
    return unaccent(text).lower()


def without_links(text: str) -> str:
    """Give the text with web addresses blanked: they are not the author's words. Offsets stay as they were."""
    if "://" not in text and "www." not in text.lower():
        return text
    return LINK.sub(_blank, text)


def without_handles(text: str) -> str:
    """Give the text with @names blanked: "@united" says nothing of unity. Offsets stay as they were."""
    return HANDLE.sub(_blank, text) if "@" in text else text


def origins(text: str) -> list[int]:
    """Give for each character of `unaccent(text)`, and for its end, the offset in `text` that it came from."""
    if text.isascii():
        return list(range(len(text) + 1))
    found = [at for at, char in enumerate(text) for _ in range(_width(char))]
    return [*found, len(text)]


@lru_cache(maxsize=8192)
def _width(char: str) -> int:
    return len(unaccent(char))


def _blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())
