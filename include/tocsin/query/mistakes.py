"""What is wrong with a query, in words for the person who wrote it, with the place below it."""

import re

from tocsin.errors import ConfigError
from tocsin.query.syntax import OPERATORS, Span

FIELDS = {
    "lang": "language of the text, two letters such as fr; und: unknown",
    "network": "network of the source, such as mastodon, news or web",
    "site": "host of the post's address, with all hosts below it",
    "source": "id of the source in sources.yaml",
}
"""What a query may ask about a post besides its text, and what each means."""

WILDCARD = "a `*` stands at the end of a word, after three letters at least: `telecom*`"

_HINTS = {
    '"': "the quote is not closed",
    "“": "the quote is not closed",
    "«": "the quote is not closed",
    "~": "words near each other are written `orange NEAR/5 panne`",
    "!": "what must not be there is written `-juice` or `NOT juice`",
    "*": WILDCARD,
    "?": "a wildcard is a `*` at the end of a word; a text with a question mark stands in quotes",
    "{": "a word in exactly this case is written `=Orange`",
    "[": "there are no ranges; a text with brackets stands in quotes",
    "/": "a regular expression goes under `patterns:`; a text that begins with / stands in quotes",
    "=": "a word in exactly this case is written `=Orange`, without a space",
    ":": "before a colon stands a field: " + ", ".join(FIELDS),
    "^": "nothing weighs more than something else here; delete it",
}


class QueryError(ConfigError):
    """A query cannot be read; the text says why and shows the place with a caret below it."""

    def __init__(self, reason: str, query: str, at: Span) -> None:
        self.reason = reason
        self.query = query
        self.at = (min(at[0], len(query)), min(max(at[1], at[0] + 1), len(query) + 1))
        """The characters that it points at."""
        super().__init__(f"{reason}\n{pointed(query, self.at)}")


def pointed(query: str, at: Span) -> str:
    """Show the line of the query that holds the place, and carets below it; a long line is cut around it."""
    begin = query.rfind("\n", 0, at[0]) + 1
    line = query[begin:].split("\n", 1)[0]
    start = at[0] - begin
    cut = max(0, start - 50)
    shown = "".join(char if char.isprintable() else " " for char in line[cut : cut + 110])
    carets = max(1, min(at[1] - at[0], len(shown) - (start - cut)))
    return f"  {shown}\n  {' ' * (start - cut)}{'^' * carets}"


class Mistake(Exception):  # noqa: N818 - on its way to QueryError, which knows the whole text
    """A part of a query that cannot be meant, and its place."""

    def __init__(self, reason: str, at: Span) -> None:
        super().__init__(reason)
        self.at = at


def misplaced_operator(word: str) -> str:
    """Say how a word of the language is written as one, or looked for."""
    if word.partition("/")[0].isupper():
        return "NEAR needs a number of words: `orange NEAR/5 panne`"
    return f"write {word.upper()} in capitals if it joins the words around it, in quotes if it is to be looked for"


def stray_sign(text: str, at: int) -> QueryError:
    """What is wrong with a sign that begins nothing."""
    sign = text[at]
    return QueryError(_HINTS.get(sign, f"'{sign}' has no meaning here; put the text in quotes"), text, (at, at + 1))


def stray_token(text: str, sign: str, at: Span) -> QueryError:
    """What is wrong with a bracket or operator where a word should be."""
    if sign != ")":
        return QueryError(f"a word is missing before {sign}", text, at)
    before = text[: at[0]].rstrip()
    if before.endswith("("):
        return QueryError("the brackets are empty", text, at)
    is_open = _open_bracket(before) is not None
    return QueryError("a word is missing before the bracket" if is_open else "no bracket is open here", text, at)


def early_end(text: str) -> QueryError:
    """Something is missing at the end: the bracket that was opened, or a word after an operator."""
    trimmed = text.rstrip()
    last = re.search(r"\S+$", trimmed)
    if last and (last[0] in {"-", "+"} or last[0].partition("/")[0].lower() in OPERATORS or last[0] in {"&&", "||"}):
        return QueryError(f"a word is missing after {last[0]}", text, (last.start(), last.end()))
    opened = _open_bracket(trimmed)
    if opened is not None:
        return QueryError("the bracket is not closed", text, (opened, opened + 1))
    return QueryError("a word is missing at the end", text, (len(trimmed), len(trimmed) + 1))


def _open_bracket(text: str) -> int | None:
    """Where the last bracket that is not closed stands, quotes aside."""
    bare = re.sub(r'"[^"]*"|“[^”]*”|«[^»]*»', lambda found: " " * len(found[0]), text)
    opened: list[int] = []
    for at, char in enumerate(bare):
        if char == "(":
            opened.append(at)
        elif char == ")" and opened:
            opened.pop()
    return opened[-1] if opened else None
