"""Text and links from outside, made harmless before people read them."""

import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

from tocsin.model import StorySummary

TITLE_CAP = 110
URL_CAP = 2000


def one_line(text: str, cap: int) -> str:
    """Give the text as one line of at most `cap` characters, without control, bidi or invisible characters."""
    # Twelve times the cap is plenty to fill it and keeps a megabyte title cheap.
    kept = (_visible(char) for char in unicodedata.normalize("NFC", text[: cap * 12]))
    line = " ".join("".join(kept).split())
    return line if len(line) <= cap else line[: cap - 1].rstrip() + "…"


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category[0] == "C" else char


def web_link(url: str) -> str:
    """Give the URL, in ASCII, when it is plain http(s) to a named host and fit for a mail; an empty string else.

    Refused: other schemes, a user or password (`https://bank.example@evil.example`), spaces, invisible characters.
    """
    if len(url) > URL_CAP or any(char in ' "<>\\`' or not char.isprintable() for char in url):
        return ""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        host = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # UnicodeError is one: a host that cannot be spelled
        return ""
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        return ""
    return quote(urlunsplit(parts._replace(netloc=host + port)), safe="%/:=&?~#+!$,;'@()*[]")


def domain(link: str) -> str:
    """Name the host that a link from `web_link` leads to, as a person would say it."""
    return (urlsplit(link).hostname or "").removeprefix("www.") if link else ""


def story_title(story: StorySummary) -> str:
    """Name a story by its title, else by its first words; an empty string when it has neither."""
    return one_line(story.title, TITLE_CAP) or one_line(story.text, TITLE_CAP)
