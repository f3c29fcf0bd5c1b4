"""What feedparser's test files state of themselves, each in its first comment, as far as we keep such a thing."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.collect.clean import clean_line, clean_text
from tocsin.collect.entry import Entry
from tocsin.collect.identity import canonical_url, name_of
from tocsin.collect.stamps import read_stamp

_CODECS = ("utf-8", "utf-32-be", "utf-32-le", "utf-16-be", "utf-16-le", "latin-1")
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
_HEADER = re.compile(r"Header:\s*([\w-]+):\s*([^\r\n]*)")
_SERVED_AT = "http://127.0.0.1:8097/feed.xml"
_KEPT: dict[tuple[str | int, ...], str] = {
    ("title",): "title",
    ("title_detail", "value"): "title",
    ("link",): "link",
    ("id",): "id",
    ("guid",): "id",
    ("summary",): "text",
    ("description",): "text",
    ("summary_detail", "value"): "text",
    ("content", 0, "value"): "text",
    ("author",): "author",
    ("author_detail", "name"): "author",
    ("authors", 0, "name"): "author",
    **{(f"{name}{end}",): "published" for name in ("published", "updated", "created") for end in ("", "_parsed")},
}
_KEPT_OF_A_FEED = {
    **_KEPT,
    ("subtitle",): "text",
    ("tagline",): "text",
    ("subtitle_detail", "value"): "text",
    ("tagline_detail", "value"): "text",
}
_WRAPPED = (
    (re.compile(rb"<((?:\w+:)?channel)\b[^<>]*(?<!/)>(.*?)</\1>", re.DOTALL | re.IGNORECASE), b"item"),
    (re.compile(rb"<((?:\w+:)?feed)\b[^<>]*(?<!/)>(.*?)</\1>", re.DOTALL), b"entry"),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """`field` of entry number `entry` (None: of the feed itself) is `expected`."""

    entry: int | None
    field: str
    expected: object

    def holds(self, entry: Entry, base: str) -> bool:
        """Say whether a reader of ours sees what is stated: no markup, whole addresses, names without e-mail."""
        expected = self.expected or ""
        match self.field:
            case "title":
                return clean_text(entry.title) == clean_text(str(expected))
            case "text":
                return clean_text(str(expected)) in {clean_text(entry.content), clean_text(entry.summary)}
            case "author":
                return name_of(clean_line(entry.author)) == name_of(clean_line(str(expected)))
            case "link":
                told = canonical_url(entry.link, base) if entry.link.strip() else canonical_url(entry.guid)
                return told == canonical_url(str(expected))
            case "published":
                at = datetime(*expected[:6], tzinfo=UTC) if isinstance(expected, tuple) else read_stamp(str(expected))
                return entry.published == at
            case _:
                return entry.guid == expected


@dataclass(frozen=True, slots=True)
class Stated:
    """`kept`: what a file states of fields that we keep; `others`: how much of others; what it came with."""

    kept: list[Statement]
    others: int
    content_type: str
    base: str


def stated(body: bytes) -> Stated:
    """Read the statements of a file."""
    text = _comment(body)
    if text is None:
        return Stated([], 0, "", _SERVED_AT)
    headers = {name.lower(): value.strip() for name, value in _HEADER.findall(text.partition("Expect:")[0])}
    kept, others = [], 0
    for path, expected in _equalities(_EXPECT.search(text)[1]):
        if field := _field(path):
            kept.append(Statement(path[1] if path[0] == "entries" else None, field, expected))
        else:
            others += 1
    return Stated(kept, others, headers.get("content-type", ""), headers.get("content-location", _SERVED_AT))


def as_entry(body: bytes) -> bytes | None:
    """Make the words of a feed about itself those of an only entry; None where it has entries, or cannot be cut."""
    for form, name in _WRAPPED:
        if not (found := form.search(body)):
            continue
        if re.search(rb"<(?:\w+:)?(?:item|entry)\b", found[2], re.IGNORECASE):
            return None
        inside = re.sub(rb"<(/?)(?:subtitle|tagline)\b", rb"<\1summary", found[2])
        wrapped = b"<" + name + b">" + inside + b"</" + name + b">"
        return body[: found.start(2)] + wrapped + body[found.end(2) :]
    return None


def _comment(body: bytes) -> str | None:
    for codec in _CODECS:
        text = body.decode(codec, "replace")
        if _EXPECT.search(text):
            return text
    return None


def _field(path: list[str | int]) -> str | None:
    if path[:1] == ["entries"] and len(path) > 2:
        return _KEPT.get(tuple(path[2:]))
    return _KEPT_OF_A_FEED.get(tuple(path[1:])) if path[:1] == ["feed"] else None


def _equalities(expression: str) -> Iterator[tuple[list[str | int], object]]:
    tree = ast.parse(expression.strip(), mode="eval").body
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    for part in parts:
        if not isinstance(part, ast.Compare) or not all(isinstance(op, ast.Eq) for op in part.ops):
            if not (isinstance(part, ast.UnaryOp) and ast.unparse(part.operand) == "bozo"):
                yield ["other"], None
            continue
        *left, right = [part.left, *part.comparators]
        try:
            expected = _value(right)
        except ValueError:
            yield ["other"], None
            continue
        for side in left:
            yield _path(side), expected


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _value(node.left) + _value(node.right)
    return ast.literal_eval(node)


def _path(node: ast.expr) -> list[str | int]:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Subscript(value=inner, slice=ast.Constant(value=key)):
            return [*_path(inner), key]
        case ast.Attribute(value=inner, attr=key):
            return [*_path(inner), key]
        case _:
            return ["other"]
