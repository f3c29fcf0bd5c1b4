"""Markup is stripped here, once and for all sources, so that no later room ever meets a tag from outside."""

import html
import re
import unicodedata

import nh3

TITLE_CAP = 500
TEXT_CAP = 20_000
_RAW_CAP = 200_000
_TAGS_CAP = 2_000  # nh3 takes time in the square of the depth: 16 s for 100,000 unclosed <div>
_ROUNDS = 3  # feeds that escape their markup twice are common, three times has not been seen

_BLOCKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"})
_NO_TEXT = frozenset({"script", "style", "iframe", "object", "noscript", "template", "svg", "math", "head"})

_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_OPENING = re.compile(r"<[a-zA-Z]")
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")
_ENTITY = re.compile(r"&(?:#\w{1,8}|[a-zA-Z]\w{1,31});")
# Controls but for tab and line ends, lone surrogates, overrides of the writing direction, soft hyphens, zero-width
# spaces and byte order marks: they cannot be seen, break XML and mails, or cut a brand's name in two.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad"
    r"\u200b\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_STRANGE = re.compile(rf"{_UNSEEN.pattern}|[\x80-\x9f]")
# Windows' quotation marks under the numbers of controls: browsers show them as such, too.
_MISREAD = str.maketrans(
    {code: sign for code in range(0x80, 0xA0) if (sign := bytes([code]).decode("cp1252", "ignore"))}
)
# Written as in XML, or never closed: HTML would take all that follows for their inside, and the post would end there.
_CLOSED_AT_ONCE = re.compile(rf"<(?:{'|'.join(sorted(_NO_TEXT))})\b[^<>]*/>", re.IGNORECASE)
_FRAMES = {name: re.compile(rf"<{name}\b[^<>]*>", re.IGNORECASE) for name in ("iframe", "object", "noscript")}


def clean_text(raw: str, cap: int = TEXT_CAP) -> str:
    """Give what a reader of `raw` (HTML or plain) would see: at most `cap` characters, lines kept, no tag left.

    Holds for any input, hostile or broken: the result has no `<` before a letter, `/`, `!` or `?`, no control
    character but the line feed, and no lone surrogate.
    """
    if not raw:
        return ""
    text = _seen(raw[:_RAW_CAP])
    for _ in range(_ROUNDS):
        if _TAG.search(text):
            text = _strip_tags(text)
        elif not _ENTITY.search(text):
            break
        text = _seen(html.unescape(text))
    # What still looks like the start of a tag ("battery <good but loud") is text: a space says so to every browser.
    return _one_space(_TAG_START.sub("< ", _TAG.sub(" ", text)))[:cap].rstrip()


def clean_line(raw: str, cap: int = TITLE_CAP) -> str:
    """Like `clean_text`, on a single line: for titles and names."""
    return clean_text(raw, cap).replace("\n", " ")


def _seen(text: str) -> str:
    if not _STRANGE.search(text):
        return text
    return _UNSEEN.sub("", text.translate(_MISREAD))


def _strip_tags(markup: str) -> str:
    if len(_OPENING.findall(markup)) > _TAGS_CAP:
        return _TAG.sub("\n", markup)
    markup = _CLOSED_AT_ONCE.sub("", markup)
    for name, opening in _FRAMES.items():
        if f"</{name}" not in markup.lower():
            markup = opening.sub("", markup)
    markup = markup.replace("\r", " ").replace("\n", " ")  # In HTML a line end is a space; blocks make the lines.
    # Blocks survive nh3 without attributes, so that they can be seen as line ends; the rest goes without a space.
    blocks = nh3.clean(markup, tags=set(_BLOCKS), attributes={}, clean_content_tags=set(_NO_TEXT), link_rel=None)
    return _TAG.sub("\n", blocks)


def _one_space(text: str) -> str:
    # Not by patterns: those replace each single space by itself, a third of all the time that cleaning took.
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join(line for spaced in lines if (line := " ".join(spaced.split())))
