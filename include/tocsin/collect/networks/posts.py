"""A network's post becomes a raw item as a feed's entry does: cleaned, named, dated, its author a pseudonym."""

from collections.abc import Callable
from datetime import datetime

from tocsin.collect.clean import clean_line, clean_text
from tocsin.collect.identity import canonical_url, mention_id
from tocsin.collect.networks.asking import Page, Post
from tocsin.collect.read_feed import bad_item, event_time
from tocsin.model import BadItem, RawItem, Source

_LANGUAGE_CAP = 35


def read_page(
    page: Page, source: Source, *, now: datetime, pseudonym: Callable[[str, str], str]
) -> tuple[tuple[RawItem, ...], tuple[BadItem, ...]]:
    """Make items of a page's posts; what says nothing is a bad item, beside what the network's reader refused."""
    read = [_read_post(post, source, now, pseudonym) for post in page.posts]
    bad = [bad_item(source, one.reason, one.excerpt, now) for one in page.bad]
    items = tuple(one for one in read if isinstance(one, RawItem))
    return items, (*(one for one in read if isinstance(one, BadItem)), *bad)


def _read_post(post: Post, source: Source, now: datetime, pseudonym: Callable[[str, str], str]) -> RawItem | BadItem:
    title, text, url = clean_line(post.title), clean_text(post.text), canonical_url(post.url)
    if not title and not text:
        return bad_item(source, "neither title nor text", " ".join((url, post.id)), now)
    author = pseudonym(clean_line(post.author), source.network)
    return RawItem(
        # By its address alone where it has one, so that a feed that leads to the same post names it alike.
        id=mention_id(
            url=url,
            guid="" if url else post.id,
            source_id=source.network,
            author=author,
            title=title,
            published=post.published,
            text=text,
        ),
        source_id=source.id,
        network=source.network,
        url=url,
        title=title,
        text=text,
        author=author,
        published_at=event_time(post.published, now),
        discovered_at=now,
        language=source.language or clean_line(post.language or "", _LANGUAGE_CAP).lower() or None,
        brands=source.brands or None,
        audience=post.audience,
    )
