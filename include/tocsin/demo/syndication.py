"""Write posts as RSS 2.0 and Atom, the way real sites do: newest first, text as escaped HTML."""

import html
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from tocsin.demo.post import Feed, Post

_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{title}</title>
<link>{home}</link>
<description>{title}</description>{language}
<atom:link href={self_link} rel="self" type="application/rss+xml"/>
{items}
</channel>
</rss>
"""

_ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"{language}>
<id>{home}/{feed_id}</id>
<title>{title}</title>
<link href={self_link} rel="self"/>
<updated>{updated}</updated>
{items}
</feed>
"""

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def write_rss(feed: Feed, posts: list[Post], home: str) -> bytes:
    """Write an RSS 2.0 document; authors are dc:creator, links are permalinks below `home`."""
    items = [_broken_item(post) if post.broken_date else _rss_item(post, home) for post in reversed(posts)]
    return _RSS.format(
        title=escape(feed.title),
        home=home,
        language=f"\n<language>{feed.language}</language>" if feed.language else "",
        self_link=quoteattr(f"{home}/{feed.id}.xml"),
        items="\n".join(items),
    ).encode()


def write_atom(feed: Feed, posts: list[Post], home: str) -> bytes:
    """Write an Atom document; `updated` is the newest post's moment."""
    return _ATOM.format(
        language=f" xml:lang={quoteattr(feed.language)}" if feed.language else "",
        home=home,
        feed_id=feed.id,
        title=escape(feed.title),
        self_link=quoteattr(f"{home}/{feed.id}.xml"),
        updated=_iso(max((post.at for post in posts), default=_LONG_AGO)),
        items="\n".join(_atom_entry(post, home) for post in reversed(posts)),
    ).encode()


def markup_of(post: Post) -> str:
    """The post's body as the site shows it."""
    return post.html or f"<p>{html.escape(post.text)}</p>"


def title_of(post: Post) -> str:
    """The post's title; comments have none, so the first words stand in where a format asks for one."""
    words = post.title or post.text or re.sub("<[^>]*>", " ", post.html).strip()
    return words if post.title or len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + "…"


def _rss_item(post: Post, home: str) -> str:
    link = f"{home}{post.path}"
    title = f"<title>{escape(post.title)}</title>" if post.title else ""
    return (
        f'<item>{title}<link>{link}</link><guid isPermaLink="true">{link}</guid>'
        f"<dc:creator>{escape(post.author)}</dc:creator>"
        f"<pubDate>{format_datetime(post.at.astimezone(UTC), usegmt=True)}</pubDate>"
        f"<description>{escape(markup_of(post))}</description></item>"
    )


def _broken_item(post: Post) -> str:
    return f"<item><link>{escape(post.broken_link)}</link><pubDate>{escape(post.broken_date)}</pubDate></item>"


def _atom_entry(post: Post, home: str) -> str:
    link = f"{home}{post.path}"
    return (
        f"<entry><id>{link}</id><link href={quoteattr(link)}/><title>{escape(title_of(post))}</title>"
        f"<author><name>{escape(post.author)}</name></author>"
        f"<published>{_iso(post.at)}</published><updated>{_iso(post.at)}</updated>"
        f'<content type="html">{escape(markup_of(post))}</content></entry>'
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
