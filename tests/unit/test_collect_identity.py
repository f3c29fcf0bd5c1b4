"""A post keeps one name however it reaches us, and two posts never share one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.identity import canonical_url, mention_id, pseudonym

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def name(url: str = "", guid: str = "", source: str = "s", **other: object) -> str:
    told: dict = {"author": "", "title": "t", "published": AT, "text": "x"} | other
    return mention_id(url=canonical_url(url), guid=guid, source_id=source, **told)


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("HTTPS://News.Example.org:443/a//b?utm_source=x&b=2&a=1", "https://news.example.org/a/b?a=1&b=2"),
        ("http://e.org/a?fbclid=1&gclid=2&id=5", "http://e.org/a?id=5"),
        ("http://e.org/a#xtor=RSS-16", "http://e.org/a"),
        ("http://e.org/a#comments", "http://e.org/a"),
        ("http://e.org/a#2", "http://e.org/a"),
        ("http://e.org/a#:~:text=quote", "http://e.org/a"),
        ("http://e.org/a?utm_medium=rss#comment-12", "http://e.org/a#comment-12"),
        ("http://e.org/a#c5", "http://e.org/a#c5"),
        ("http://e.org/#!/post/7", "http://e.org/#!/post/7"),
        # courlan alone loses these, and with them what tells two pages apart.
        ("http://e.org/viewtopic?12345", "http://e.org/viewtopic?12345"),
        ("http://e.org/a?p=1&cid=77", "http://e.org/a?p=1&cid=77"),
        ("http://e.org/a?cid=rss-feed", "http://e.org/a"),
        ("https://user:secret@e.org/a", "https://e.org/a"),
        ("https://exämple.org/é", "https://xn--exmple-cua.org/%C3%A9"),
        ("  http://e.org/a\n b", "http://e.org/ab"),
        ("https://[2001:db8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("/posts/1", "https://base.org/posts/1"),
        ("//cdn.org/1", "https://cdn.org/1"),
        ("https:///posts/1", "https://base.org/posts/1"),
        ("https:posts/1", "https://base.org/posts/1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.org", ""),
        ("file:///etc/passwd", ""),
        ("http://[::1/", ""),
        ("http://e.org:99999/", ""),
        ("http://" + "a" * 70 + "é.org/", ""),
        ("http://e.org/" + "a" * 3000, ""),
        ("http:///nowhere", ""),
        ("http://´/", ""),
    ],
)
def test_canonical_url(link: str, canonical: str) -> None:
    assert canonical_url(link, "https://base.org/feed.xml") == canonical


LINKS = st.one_of(
    st.text(max_size=80),
    st.text(max_size=40).map("http://e.org/{}".format),
    st.text(max_size=20).map("http://{}/a".format),
)


@given(LINKS, st.sampled_from(["", "https://base.org/feed", "http://e.org/"]))
def test_canonical_url_takes_anything_and_is_stable(link: str, base: str) -> None:
    once = canonical_url(link, base)
    assert once == "" or once.startswith(("http://", "https://"))
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # One article through two feeds of one site.
        (("https://e.org/a?utm_source=rss", "https://e.org/a", "all"), ("http://www.e.org/a/", "", "politics")),
        (("https://e.org/a", "https://e.org/?p=12", "all"), ("https://e.org/a#comments", "https://e.org/?p=12", "b")),
        # The guid counts the edits of the page.
        (("https://e.org/a", "https://e.org/a#0", "s"), ("https://e.org/a", "https://e.org/a#1", "s")),
        # A post moved to https.
        (("http://e.org/a", "tag:7", "s"), ("https://e.org/a", "tag:7", "s")),
    ],
)
def test_the_same_post_has_one_name(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert name(*one) == name(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("https://e.org/a", "comment 1"), ("https://e.org/a", "comment 2")),
        (("https://e.org/a#comment-1", "https://e.org/a#comment-1"), ("https://e.org/a#comment-2", "")),
        (("https://e.org/a", "https://e.org/a#comment-1"), ("https://e.org/a", "https://e.org/a#comment-2")),
        (("https://e.org/t?123", ""), ("https://e.org/t?124", "")),
        (("", "5", "one-shop"), ("", "5", "other-shop")),
        # A feed that gives its front page as everybody's link.
        (("https://e.org/", "1"), ("https://e.org/", "2")),
    ],
)
def test_two_posts_have_two_names(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert name(*one) != name(*other)


def test_without_link_and_guid_every_word_counts() -> None:
    names = {
        name(),
        name(source="b"),
        name(title="u"),
        name(text="y"),
        name(author="a"),
        name(published=None),
        name("https://e.org/"),
        name(title="tx", text=""),
    }
    assert name(author="ab", title="c") != name(author="a", title="bc")
    assert len(names) == 7  # a front page names nothing: it is the first one again


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(WORDS, WORDS, WORDS, WORDS)
def test_a_name_is_32_hex_and_says_nothing_of_when_we_read(guid: str, source: str, title: str, text: str) -> None:
    once = name("", guid, source, title=title, text=text)
    assert once == name("", guid, source, title=title, text=text)
    assert len(once) == 32
    assert int(once, 16) >= 0


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), unique=True, min_size=2, max_size=6))
def test_parts_never_run_together(parts: list[tuple[str, str, str]]) -> None:
    names = {name(source=s, title=t, text=x) for s, t, x in parts}
    assert len(names) == len(set(parts))


@given(
    st.from_regex(r"[a-z]{1,8}(/[a-z0-9]{1,8}){1,3}", fullmatch=True),
    st.sampled_from(["", "?utm_source=rss", "?fbclid=abc&utm_campaign=x", "#comments", "?at_medium=RSS"]),
    st.sampled_from(["http://", "https://", "https://www.", "HTTPS://WWW."]),
)
def test_tracking_and_scheme_never_rename(path: str, tail: str, head: str) -> None:
    assert name(f"{head}e.org/{path}{tail}") == name(f"https://e.org/{path}")


def test_a_pseudonym_is_stable_keyed_and_per_network() -> None:
    assert pseudonym("Ana B", "web", b"k") == pseudonym(" ana  b ", "web", b"k")
    assert len({pseudonym("Ana", n, k) for n in ("web", "x") for k in (b"k", b"l")}) == 4
    for told in ("ana@e.org (Ana B)", "Ana B (ana@e.org)", "Ana B <ana@e.org>", " Ana B < ana@e.org> "):
        assert pseudonym(told, "web", b"k") == pseudonym("Ana B", "web", b"k")
    assert pseudonym("ana@e.org", "web", b"k") != pseudonym("bob@e.org", "web", b"k")
    assert "ana" not in pseudonym("Ana", "web", b"k")
    assert pseudonym("", "web", b"k") == pseudonym("  ", "web", b"k") == ""
