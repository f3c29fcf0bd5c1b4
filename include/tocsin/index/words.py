"""Folding for search: what people type finds what people wrote, with or without accents and apostrophes."""

import re
import unicodedata

_SPELLING = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ`´", "'"),
        # Invisible inside words: soft hyphen, zero-width space and joiners, byte-order mark.
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff", None),
    }
)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LONGEST_RUN = 3


def words_to_index(text: str) -> str:
    """Words to find a text by, parted by spaces; `L'Oréal` is found as `oreal`, `loreal` and `l'oréal`."""
    # Few words hold an apostrophe, and each word of each post comes by here.
    return " ".join([" ".join(_forms(word)) if "'" in word else word for word in _words(text)])


def words_to_find(text: str) -> tuple[str, ...]:
    """Words asked for, each once: any input is plain words, and an apostrophe joins (`l'oréal` asks `loreal`)."""
    return tuple(dict.fromkeys(word.replace("'", "") for word in words_as_typed(text)))


def words_as_typed(text: str) -> tuple[str, ...]:
    """Words asked for, each once, folded but with their apostrophes: what a stemmer wants to see."""
    return tuple(dict.fromkeys(_words(text)))


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.translate(_SPELLING))
    return _WORD.findall(_ACCENTS.sub("", folded).casefold().translate(_LIGATURES))


def _forms(word: str) -> list[str]:
    parts = word.split("'")
    # The whole, and every short run of neighbours, so that `l'oreal` also finds `l'oreal's`.
    runs = [
        "".join(parts[start : start + length]) for length in range(1, _LONGEST_RUN + 1) for start in range(len(parts))
    ]
    return ["".join(parts), *runs]
