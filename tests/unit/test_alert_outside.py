"""Hostile text and links come out harmless."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.alert.outside import domain, one_line, story_title, web_link
from tocsin.model import StorySummary

LINES = {
    "newlines and tabs become spaces": ("a\r\nBcc: x\tb", "a Bcc: x b"),
    "line and paragraph separators too": ("a\u2028b\u2029c", "a b c"),
    "bidi overrides go": ("safe\u202egnp.exe\u2066x\u2069", "safegnp.exex"),
    "zero width and BOM go": ("a\u200bb\ufeffc\u00ad", "abc"),
    "control characters become spaces": ("a\x00\x1b[31mb\x85", "a [31mb"),
    "lone surrogates go": ("a\ud800b", "ab"),
    "accents, guillemets and emoji stay": ("« Été » 🎉", "« Été » 🎉"),
    "too long is cut with an ellipsis": ("word " * 30, "word word word word…"),
}


@pytest.mark.parametrize(("given_text", "expected"), LINES.values(), ids=LINES)
def test_one_line(given_text, expected) -> None:
    assert one_line(given_text, 20) == expected


@given(st.text(st.characters(exclude_categories=())), st.integers(1, 50))
def test_one_line_is_always_one_short_visible_line(text: str, cap: int) -> None:
    line = one_line(text, cap)
    assert len(line) <= cap
    assert all(unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in line)
    line.encode("utf-8")


LINKS = {
    "plain": ("https://www.gazette.example/a?b=c&d=é#f", "https://www.gazette.example/a?b=c&d=%C3%A9#f"),
    "port kept": ("http://gazette.example:8080/a", "http://gazette.example:8080/a"),
    "already escaped stays": ("https://gazette.example/%C3%A9t%C3%A9", "https://gazette.example/%C3%A9t%C3%A9"),
    "IPv6": ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    "accent in the host is spelled out": ("https://pаypal.example/", "https://xn--pypal-4ve.example/"),
    "javascript": ("javascript:alert(1)", ""),
    "javascript in disguise": ("jAvAsCrIpT://host/%0aalert(1)", ""),
    "data": ("data:text/html,<script>", ""),
    "no host": ("https:///etc/passwd", ""),
    "relative": ("/a/b", ""),
    "user to fool the eye": ("https://bank.example@evil.example/", ""),
    "backslash": ("https://evil.example\\@bank.example/", ""),
    "quote": ('https://a.example/"onclick="x', ""),
    "space": ("https://a.example/a b", ""),
    "newline": ("https://a.example/\nBcc:x", ""),
    "bidi": ("https://a.example/\u202egnp", ""),
    "bad port": ("https://a.example:x/", ""),
    "bad IPv6": ("https://[a/", ""),
    "too long": ("https://a.example/" + "a" * 2000, ""),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("url", "expected"), LINKS.values(), ids=LINKS)
def test_web_link(url, expected) -> None:
    assert web_link(url) == expected


@given(st.one_of(st.text(), st.text().map("https://a.example/{}".format), st.text().map("http://{}".format)))
def test_a_link_is_empty_or_plain_ascii_http(url: str) -> None:
    link = web_link(url)
    assert not link or (link.isascii() and link.isprintable() and urlsplit(link).scheme in {"http", "https"})
    assert not set(link) & set(' "<>\\`')
    assert bool(domain(link)) == bool(link)


def test_domain_as_people_say_it() -> None:
    assert domain("https://www.gazette.example:8080/a") == "gazette.example"
    assert domain("") == ""


def test_a_story_without_title_is_named_by_its_words() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    story = StorySummary("s", "\u200b", "first\nwords", "https://a.example", "web", at, 1, 1, -0.5)
    assert story_title(story) == "first words"
    assert story_title(replace(story, title="Title")) == "Title"
    assert story_title(replace(story, text="")) == ""
