"""Cut a text into sentences as people type them: abbreviations, links, lists, lost spaces, wrapped lines."""

import re
from collections.abc import Iterator

LONGEST_SENTENCE = 400
"""Longer ones are cut, at a space where there is one: what has no full stop is not one thought."""

WRAPPED = 50
"""Characters of a line from which a small letter on the next one goes on with it: mails wrap their lines."""

_EMOJI = "[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]"
# Where a sentence may end: marks, what closes a quotation, emoji, then a space or (space forgotten) a capital; or
# the marks of Chinese and Japanese; or the end of a line.
_END = re.compile(
    rf"(?P<marks>[.!?…]+)[\"'’”»)\]]*(?:\s*{_EMOJI}+(?=\s|\Z))*(?:\s+|(?<=[^\W\d_A-Z][.!?])(?=[A-Z][a-z])|\Z)"
    r"|[。！？]\s*|\n\s*"
)
# Before a full stop: titles and initials ("J. Doe", "U.S. market", "p. ex. ceci") never end a sentence.
_TITLE = re.compile(
    r"(?:^|[\s(\"'«])(?:(?i:mrs?|ms|dr|prof|sr|jr|st|gen|capt|sgt|rev|sen|gov|vs|approx|appt|inc|ltd|corp|plc|bros|fig"
    r"|vol|pp|feb|sept?|oct|nov|aug|mmes?|mlles?|mgr|tél|janv|févr|cf|resp|incl|excl|(?:[^\W\d_]\.)*[^\W\d_])|Me)\Z"
)
# These do, unless a number or a small letter follows: "modern art." and "art. 3".
_SHORT = re.compile(
    r"(?:^|[\s(\"'«])(?:mt|col|rep|hon|dept|est|min|max|ext|co|jan|mar|apr|jun|jul|dec|mon|tues?|wed|thurs?|fri"
    r"|nos?|n°|nr|env|art|av|bd|avr|juil|déc|ex|etc)\Z",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\n)\s*(?:\d{1,3}|[A-Za-z])\Z")
_LOOK_BACK = 16


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Give the half-open offsets of each sentence, in order, without the space around it; none is empty.

    Marks and emoji that stand alone belong to the sentence before them ("Lost again. 😡").
    """
    found: list[tuple[int, int]] = []
    for start, end in _whole(text):
        if found and not any(map(str.isalnum, text[start:end])):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [piece for start, end in found for piece in _pieces(text, start, end)]


def _whole(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in _END.finditer(text):
        if _ends(text, mark):
            yield from _trimmed(text, start, mark.end())
            start = mark.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if stripped := piece.strip():
        first = start + piece.index(stripped[0])
        yield first, first + len(stripped)


def _ends(text: str, mark: re.Match[str]) -> bool:
    """Say whether the sentence really ends here."""
    marks, following = mark["marks"], text[mark.end() : mark.end() + 1]
    if "\n" in mark[0]:
        return marks is not None or not _is_wrapped(text, mark, following)
    if marks is None:
        return True
    if marks == ".":
        return not _is_abbreviated(text, mark.start(), following)
    # "Great... another delay" goes on; "Great!! another" does not.
    return not (set(marks) <= {".", "…"} and following.islower())


def _is_wrapped(text: str, mark: re.Match[str], following: str) -> bool:
    line = mark.start() - (text.rfind("\n", 0, mark.start()) + 1)
    return mark[0].count("\n") == 1 and line >= WRAPPED and following.islower()


def _is_abbreviated(text: str, dot: int, following: str) -> bool:
    before = text[max(0, dot - _LOOK_BACK) : dot]
    if _NUMBERED.search(before if dot > _LOOK_BACK else "\n" + before):
        return True
    title = _TITLE.search(before)
    if title is not None:
        return title[0].strip() not in ("I", "i")  # "so am I. Never"
    return _SHORT.search(before) is not None and (following.isdigit() or following.islower())


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long, at the last space where there is one."""
    while end - start > LONGEST_SENTENCE:
        space = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        cut = space if space > 0 else start + LONGEST_SENTENCE
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)
