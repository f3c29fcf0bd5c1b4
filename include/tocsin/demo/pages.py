"""The newsroom's pages for people, so that every link in an e-mail opens; everything is escaped."""

import html
import re

from tocsin.demo.post import Feed, Post
from tocsin.demo.story import Story

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
body {{ font: 18px/1.55 Georgia, serif; max-width: 38rem; margin: 2rem auto; padding: 0 1rem; color: #222 }}
header, footer, small {{ font: 14px/1.5 sans-serif; color: #666 }} a {{ color: #0a5 }} h1 {{ line-height: 1.2 }}
</style></head><body><header><a href="/">{site}</a></header>
{body}
<footer><hr>Invented by Tocsin's demo: no such brand, agency, paper or person exists.</footer></body></html>
"""


def post_page(feed: Feed, post: Post) -> bytes:
    """One post, as plain text under its author and moment."""
    text = post.text or re.sub("<[^>]*>", " ", post.html)
    body = (
        f"<h1>{html.escape(post.title)}</h1>" * bool(post.title)
        + f"<p>{html.escape(text)}</p><small>{html.escape(post.author)}, {post.at:%Y-%m-%d %H:%M} UTC</small>"
    )
    return _page(feed.title, body, feed.language or "fr", post.title or feed.title)


def front_page(story: Story, posts: list[Post]) -> bytes:
    """The feeds and the newest hundred posts."""
    feeds = "".join(f'<li><a href="/{feed.id}.xml">{html.escape(feed.title)}</a></li>' for feed in story.feeds)
    lines = "".join(
        f'<li><a href="{post.path}">{html.escape(post.title or post.text[:90] or post.path)}</a> '
        f"<small>{post.at:%d %H:%M} {html.escape(post.author)}</small></li>"
        for post in reversed(posts[-100:])
    )
    return _page(
        "Newsroom", f"<h1>{html.escape(story.title)}</h1><ul>{feeds}</ul><ul>{lines}</ul>", "en", story.title
    )


def _page(site: str, body: str, language: str, title: str) -> bytes:
    return _PAGE.format(site=html.escape(site), body=body, language=language, title=html.escape(title)).encode()
