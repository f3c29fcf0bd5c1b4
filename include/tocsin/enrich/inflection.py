"""Write out the forms of a French word, so that the lexicon lists each word once."""

import re
from collections.abc import Iterator

# Without the "a" of "fêta": nobody complains in that tense, and without accents it is a cheese.
_FIRST_GROUP = (
    "er", "e", "es", "ons", "ez", "ent", "é", "ée", "és", "ées", "ant", "ais", "ait", "ions", "iez", "aient", "èrent",
    "erai", "eras", "era", "erons", "erez", "eront", "erais", "erait", "erions", "eriez", "eraient",
)  # fmt: skip
_SECOND_GROUP = (
    "ir", "is", "it", "issons", "issez", "issent", "i", "ie", "ies", "issant", "issais", "issait", "issaient",
    "irai", "iras", "ira", "iront", "irait",
)  # fmt: skip
_FEMININE = (("eux", "euse"), ("eur", "euse"), ("if", "ive"), ("er", "ère"), ("el", "elle"), ("eil", "eille"),
             ("en", "enne"), ("on", "onne"), ("et", "ette"), ("nul", "nulle"), ("gentil", "gentille"))  # fmt: skip
_LAST_E = re.compile(r"[ée]([^aeiouyéè]+)$")


def inflected(word: str, kind: str) -> Iterator[str]:
    """Give the forms of a lexicon entry by its kind, the entry first; kinds f and w have no other."""
    yield word
    if kind == "n":
        yield from _plurals(word)
    elif kind == "a":
        yield from _plurals(word)
        for feminine in _feminines(word):
            yield feminine
            yield f"{feminine}s"
    elif kind in "vi":
        verb, _, rest = word.removeprefix("s'").partition(" ")
        forms = _first_group(verb) if kind == "v" else (verb[:-2] + ending for ending in _SECOND_GROUP)
        for form in forms:
            yield f"{form} {rest}".strip()


def _plurals(word: str) -> Iterator[str]:
    """Give the plural: of the whole, and of the first word alone ("chef-d'œuvre", "fuite de données")."""
    if word[-1] not in "sxz":
        yield f"{word[:-1]}ux" if word.endswith("al") else f"{word}x" if word.endswith("eau") else f"{word}s"
    parts = re.split(r"([ -])", word, maxsplit=1)
    if len(parts) > 1 and parts[0][-1] not in "sxz":
        yield "".join((f"{parts[0]}s", *parts[1:]))
        if parts[2][-1] not in "sxz":
            yield "".join((f"{parts[0]}s", parts[1], f"{parts[2]}s"))


def _feminines(word: str) -> Iterator[str]:
    if word.endswith("e"):
        return
    for ending, feminine in _FEMININE:
        if word.endswith(ending):
            yield word[: -len(ending)] + feminine
            return
    yield f"{word}e"


def _first_group(verb: str) -> Iterator[str]:
    """Conjugate a verb in -er: manger keeps its e, placer its soft c, espérer opens its é."""
    stem = verb[:-2]
    for ending in _FIRST_GROUP:
        yield stem + ending
        if ending[0] in "aâo" and stem[-1] in "cg":
            yield f"{stem[:-1]}ç{ending}" if stem[-1] == "c" else f"{stem}e{ending}"
    if _LAST_E.search(stem):
        opened = _LAST_E.sub(r"è\1", stem)
        yield from (opened + ending for ending in ("e", "es", "ent", "era", "erait", "eront"))
    if stem[-1] == "y":
        yield from (stem[:-1] + "i" + ending for ending in ("e", "es", "ent", "era", "erait", "eront"))
