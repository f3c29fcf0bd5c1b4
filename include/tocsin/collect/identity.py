"""A post keeps one name however it reaches us, so that the store meets its twin without a search."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from courlan import normalize_url

URL_CAP = 2_048
GUID_CAP = 2_048

_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
# Places in a page, not things of their own. One to three digits: BBC numbers the edits of a page in its guid.
_PLACE = re.compile(r"(?:top|content|main|comments|respond|disqus_thread|:~:.*|\d{1,3})?", re.IGNORECASE)
# courlan takes these for trackers; with a number they name a comment, an event or a member.
_NUMBERED = frozenset({"cid", "eid", "uid"})
_AT = r"[^\s()<>@]+@[^\s()<>@]+"
_AND_ADDRESS = re.compile(rf"\s*(?:(.+?)\s*[(<]\s*{_AT}\s*[)>]?|{_AT}\s*\((.+)\))\s*")


@dataclass(frozen=True, slots=True)
class Authors:
    """What a round must know of authors: how a name becomes a pseudonym, and whom nothing may be kept of."""

    pseudonym: Callable[[str, str], str]
    """Of (author, network)."""
    erased: Callable[[], frozenset[str]] = frozenset
    """Pseudonyms refused at this moment."""


def canonical_url(link: str, base: str = "") -> str:
    """Give the http(s) address that all forms of `link` share, or "" when it is none.

    Tracking parameters, default ports, credentials and fragments that only name a place in the page are dropped;
    fragments that may name a comment stay. Relative links are read against `base`.
    """
    try:
        parts = urlsplit(said := _UNSEEN.sub("", link))
        if not (parts.scheme and parts.netloc):
            parts = urlsplit(urljoin(base, said))
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
            return ""
        plain = parts._replace(netloc=_host_and_port(parts), fragment=_thing(parts.fragment))
        clean = urlsplit(normalize_url(plain))
        url = urlunsplit(clean._replace(netloc=plain.netloc, query=_query(plain.query, clean.query)))
    except ValueError:
        return ""
    return url if len(url) <= URL_CAP else ""


def mention_id(
    *, url: str, guid: str, source_id: str, author: str = "", title: str = "", published: datetime | None, text: str
) -> str:
    """Give the post's stable name: 32 hex digits from what its source says of it, never from when we read it.

    `url` is canonical. With a link: the link, and the guid unless it is a form of the same link (several comments
    may share one page). Without: source and guid. Without both: source, author, title, stated time and text.
    """
    if name := own_name(url=url, guid=guid, source_id=source_id):
        return name
    stated = published.isoformat() if published else ""
    return _digest("text", source_id, author, title, stated, text)


def own_name(*, url: str, guid: str, source_id: str) -> str:
    """Give the part of `mention_id` that link and guid decide; "" where the post has neither."""
    own = _UNSEEN.sub("", guid[:GUID_CAP])
    if _names_a_page(url):
        # Most guids are the link itself, and reading an address is not cheap.
        is_address = own[:4].lower() == "http"
        same = own in ("", url) or (is_address and _same_page(canonical_url(own)) == _same_page(url))
        return _digest("link", _same_page(url), "" if same else own)
    return _digest("guid", source_id, own) if own else ""


def name_of(author: str) -> str:
    """Give the name without the e-mail address beside it: RSS writes both, and one person is one author."""
    found = _AND_ADDRESS.fullmatch(author)
    return next(name for name in (*found.groups(), author) if name) if found else author


def pseudonym(author: str, network: str, key: bytes) -> str:
    """Give a name that stays the same for one author on one network and cannot be turned back without `key`.

    No author gives no pseudonym; an e-mail address beside the name changes nothing. `key` has 1 to 64 bytes.
    """
    name = " ".join(name_of(author).split()).casefold()
    if not name:
        return ""
    message = f"{network}\x1f{name}".encode("utf-8", "replace")
    return blake2b(message, digest_size=12, key=key).hexdigest()


def _host_and_port(parts: SplitResult) -> str:
    """Host in ASCII (a homograph is then seen as such) without credentials; ValueError where it is none."""
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if ":" in host:
        host = f"[{ip_address(host)}]"
    elif not _HOST.fullmatch(host):
        raise ValueError(f"not a host: {host!r}")
    usual = {"http": 80, "https": 443}[parts.scheme.lower()]
    return host if parts.port in {None, usual} else f"{host}:{parts.port}"


def _thing(fragment: str) -> str:
    return "" if _PLACE.fullmatch(fragment) else fragment


def _query(before: str, after: str) -> str:
    """Put back what courlan drops but what names things: `?12345`, `?topic-7`, `?cid=12`."""
    bare = [part for part in before.split("&") if part and "=" not in part]
    numbered = [(k, v) for k, v in parse_qsl(before) if k.lower() in _NUMBERED and v.isdecimal()]
    return "&".join(part for part in (after, urlencode(sorted(numbered)), *sorted(bare)) if part)


def _names_a_page(url: str) -> bool:
    """A site's front page is nobody's own address: feeds without links give it to all their posts."""
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query or parts.fragment)


def _same_page(url: str) -> str:
    """What does not tell two pages apart is dropped: the scheme, `www.`, a last slash."""
    parts = urlsplit(url)
    host = parts.netloc.removeprefix("www.")
    return urlunsplit(("", host, parts.path.rstrip("/"), parts.query, parts.fragment))


def _digest(*parts: str) -> str:
    # Each part with its length, so that no two lists of parts read alike.
    message = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(message.encode("utf-8", "replace"), digest_size=16).hexdigest()
