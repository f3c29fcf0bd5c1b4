"""The demo's newsroom and mailbox as their neighbours meet them: over real sockets."""

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import feedparser
import httpx
import pytest

from tocsin.demo.mailbox import Mailbox
from tocsin.demo.newsroom import Newsroom
from tocsin.demo.story import tell_story

FOLDER = Path(__file__).parents[2] / "include" / "scenarios" / "citrombelle"
HOUR = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


class Clock:
    """A clock that the test sets."""

    def __init__(self):
        self.now = HOUR

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def newsroom(clock):
    with Newsroom(tell_story(FOLDER, HOUR), clock) as newsroom:
        yield newsroom


@pytest.fixture
def web(newsroom):
    with httpx.Client(base_url=newsroom.url, trust_env=False, timeout=5) as client:
        yield client


def parsed(web, feed):
    return feedparser.parse(web.get(f"/{feed.id}.xml").content)


def test_feeds_are_valid_and_say_who_when_where(newsroom, web):
    newsroom.release(4)
    posts = {f"{newsroom.url}{post.path}": post for post in newsroom.published() if not post.broken_date}
    seen = 0
    for feed in newsroom.story.feeds:
        document = parsed(web, feed)
        assert not document.bozo, document.get("bozo_exception")
        assert document.version == {"rss": "rss20", "atom": "atom10"}[feed.format]
        for entry in document.entries:
            if entry.get("link") in posts:
                post = posts[entry.link]
                told = datetime(*(entry.published_parsed)[:6], tzinfo=UTC)
                assert told == post.at.replace(microsecond=0)
                assert entry.author == post.author
                assert entry.id == entry.link
                seen += 1
    assert seen == len(posts) > 600


def test_chapters_only_ever_add(newsroom, web):
    before = set()
    for chapter in range(8):
        newsroom.release(chapter)
        now = {entry.get("link") for feed in newsroom.story.feeds for entry in parsed(web, feed).entries}
        assert before < now or chapter >= 5, "chapters up to 4 add at once; the later ones as time passes"
        assert before <= now
        before = now
    newsroom.release(1)
    assert {entry.get("link") for feed in newsroom.story.feeds for entry in parsed(web, feed).entries} == before


def test_what_lies_ahead_appears_when_its_moment_comes(newsroom, web, clock):
    newsroom.release(7)
    gazette = newsroom.story.feeds[0]
    assert "menace" not in web.get(f"/{gazette.id}.xml").text
    clock.now = HOUR + timedelta(minutes=2)
    assert "menace la blogueuse" in web.get(f"/{gazette.id}.xml").text


def test_an_unchanged_feed_is_304_and_a_new_chapter_is_not(newsroom, web):
    newsroom.release(0)
    first = web.get("/zinc.xml")
    again = web.get("/zinc.xml", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    newsroom.release(1)
    assert web.get("/zinc.xml", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_links_open_and_nothing_hostile_runs_in_them(newsroom, web):
    newsroom.release(4)
    hostile = next(post for post in newsroom.published() if "<script>" in post.html)
    page = web.get(hostile.path)
    assert page.status_code == 200
    assert "quelle arnaque" in page.text
    assert "<script" not in page.text
    assert "<b>zero_cool" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "script" in feedparser.parse(web.get("/pepites.xml").content, sanitize_html=False).entries.__repr__()
    front = web.get("/")
    assert front.status_code == 200
    assert "<script" not in front.text


def test_nothing_is_out_before_its_chapter(newsroom, web):
    assert parsed(web, newsroom.story.feeds[0]).entries == []
    post = next(post for post in newsroom.story.posts if post.chapter == 2)
    assert web.get(post.path).status_code == 404
    newsroom.release(2)
    assert web.get(post.path).status_code == 200
    assert web.get("/../../etc/passwd").status_code == 404


def test_the_broken_item_stands_among_sound_ones(newsroom, web):
    newsroom.release(4)
    zinc = next(feed for feed in newsroom.story.feeds if feed.id == "zinc")
    document = parsed(web, zinc)
    broken = [entry for entry in document.entries if not entry.get("published_parsed")]
    assert len(broken) == 1
    assert len(document.entries) > 100


def letter(subject):
    mail = EmailMessage()
    mail["From"] = "Tocsin <alarm@tocsin.example>"
    mail["To"] = "claire@citrombelle.example"
    mail["Subject"] = subject
    mail["Message-ID"] = "<one@tocsin.example>"
    mail.set_content("Le texte, été compris.")
    mail.add_alternative('<p>Le texte</p><img src="cid:chart">', subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG...", "image", "png", cid="<chart>")
    return mail


def test_mails_become_files_that_open_by_themselves(tmp_path):
    with Mailbox(tmp_path / "mail") as mailbox:
        with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as server:
            server.send_message(letter("Été : 8 fois l'usuel / ../../etc"))
            server.send_message(letter("Second"))
        first, second = mailbox.mails
    assert first.to == ("claire@citrombelle.example",)
    assert first.subject == "Été : 8 fois l'usuel / ../../etc"
    assert first.message_id == "<one@tocsin.example>"
    assert [path.name for path in sorted((tmp_path / "mail").iterdir())] == [
        "001-claire-ete-8-fois-l-usuel-etc.eml",
        "001-claire-ete-8-fois-l-usuel-etc.html",
        "002-claire-second.eml",
        "002-claire-second.html",
    ]
    assert b"one@tocsin.example" in first.eml.read_bytes()
    shown = first.html.read_text()
    assert 'src="data:image/png;base64,' in shown
    assert "cid:" not in shown
    assert second.subject == "Second"


def test_a_plain_mail_has_no_html_file(tmp_path):
    with Mailbox(tmp_path) as mailbox:
        with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as server:
            server.sendmail("a@b.example", ["c@d.example"], "no header at all")
        (mail,) = mailbox.mails
    assert mail.html is None
    assert mail.subject == "no subject"
