"""Where a feed says that a hub pushes its news: in the headers of its answer, else at the head of its document."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit
from xml.parsers.expat import ExpatError, ParserCreate

HEAD = 64 * 1024
"""Bytes of a document that are looked through: links of the whole feed stand before its entries."""
URL_CAP = 2_048
_HEADER_CAP = 8_192

_LINK = re.compile(r'<([^<>]{1,2048})>((?:\s*;\s*[\w*!-]{1,32}\s*(?:=\s*(?:"[^"]{0,512}"|[^\s",;]{0,512}))?)*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))', re.IGNORECASE)
_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = frozenset({"item", "entry"})
_DEEPEST = 3
"""`rss/channel/link`: links further down are not the feed's own."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a document says of being pushed; `hub` and `topic` are empty where it offers nothing that we can use."""

    hub: str = ""
    topic: str = ""
    base: str = ""
    """Where the document was read."""


def find_offer(url: str, link: str, body: bytes) -> Offer:
    """Read the offer of a document that was fetched from `url`, with the header `Link` if any.

    As the Recommendation orders: the headers first; the document only where they name no hub. Without an address of
    its own (`rel="self"`) a feed cannot be subscribed to. The first hub that we can use is taken.
    """
    links = list(_of_header(link))
    if not any(rel == "hub" for rel, _ in links):
        links = list(_of_json(body) if body.lstrip()[:1] == b"{" else _of_xml(body))
    hubs = (usable_hub(urljoin(url, href)) for href in _named("hub", links))
    topics = (urljoin(url, href) for href in _named("self", links))
    with suppress(ValueError):  # An address that is none.
        hub, topic = next(filter(None, hubs), ""), next((one for one in topics if _is_web(one)), "")
        return Offer(hub, topic, url) if hub and topic else Offer(base=url)
    return Offer(base=url)


def usable_hub(url: str) -> str:
    """Give the address under which we ask a hub, or "": always https, since we tell it a secret.

    A hub that names itself by http is asked by https. Only one on this very machine is asked in clear.
    """
    if not _is_web(url):
        return ""
    parts = urlsplit(url)
    if parts.scheme == "https" or _is_here(parts.hostname or ""):
        return url
    return parts._replace(scheme="https", netloc=parts.hostname or "").geturl() if parts.port in {None, 80} else ""


def _is_web(url: str) -> bool:
    if len(url) > URL_CAP or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts: SplitResult = urlsplit(url)
        return (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        )
    except ValueError:
        return False


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _named(rel: str, links: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (href.strip() for name, href in links if name == rel and href.strip())


def _of_header(link: str) -> Iterator[tuple[str, str]]:
    for href, attributes in _LINK.findall(link[:_HEADER_CAP]):
        for quoted, bare in _REL.findall(attributes)[:1]:
            yield from ((rel, href) for rel in (quoted or bare).lower().split())


def _of_json(body: bytes) -> Iterator[tuple[str, str]]:
    """JSON Feed 1.1: `hubs` of type WebSub, and `feed_url`."""
    try:
        feed: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    for hub in hubs if isinstance(hubs := feed.get("hubs"), list) else ():
        if isinstance(hub, dict) and str(hub.get("type")).lower() == "websub" and isinstance(hub.get("url"), str):
            yield "hub", hub["url"]
    if isinstance(feed.get("feed_url"), str):
        yield "self", feed["feed_url"]


class _Enough(Exception):  # noqa: N818 - it is no error: the entries begin
    """The head of the feed is over."""


def _of_xml(body: bytes) -> list[tuple[str, str]]:
    """The feed's own link elements, of Atom's namespace or of none, up to its first entry."""
    found: list[tuple[str, str]] = []
    depth = 0
    parser = ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        space, _, local = name.rpartition(" ")
        if local in _ENTRIES:
            raise _Enough
        if local == "link" and space in {_ATOM, ""} and depth <= _DEEPEST:
            rels = attributes.get("rel", "").lower().split()
            found.extend((rel, attributes.get("href", "")) for rel in rels)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    # What a broken document says before it breaks is taken, and a head that is cut off ends nowhere.
    with suppress(_Enough, ExpatError, ValueError, LookupError):
        parser.Parse(body[:HEAD], False)
    return found
