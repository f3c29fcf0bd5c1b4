"""What a reader would see is kept; no markup from outside survives, however it is hidden."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.clean import TEXT_CAP, clean_line, clean_text

TAG = re.compile(r"<[a-zA-Z/!?]")


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("<p>Un goût de <b>plas</b>tique</p><p>Beurk&nbsp;!</p>", "Un goût de plastique\nBeurk !"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>one\nline\r\nin HTML</p>", "one line in HTML"),
        ("plain\n\n  text\tkept ", "plain\ntext kept"),
        ("R&D, AT&T &amp; Caf&eacute; &#233;", "R&D, AT&T & Café é"),
        ("I <3 it, 2 < 3 > 1", "I <3 it, 2 < 3 > 1"),
        ("battery <good but loud", "battery < good but loud"),
        ("&lt;p&gt;twice &amp;amp; escaped&lt;/p&gt;", "twice & escaped"),
        ("x<script>alert(1)</script>y", "xy"),
        ("x<style>p{}</style><iframe src=//e.org>z</iframe>y", "xy"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;z", "z"),
        ("<img src=x onerror=alert(1)>seen", "seen"),
        ("<scr\x00ipt>alert(1)</scr\x00ipt>seen", "seen"),
        ("<svg/onload=alert(1)>seen", ""),
        ("marque\u200bcoup\u00ade\ufeff", "marquecoupe"),
        ("\u202egnirts", "gnirts"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("e\u0301", "é"),
        ("family 👨‍👩‍👧", "family 👨‍👩‍👧"),
        ("", ""),
    ],
)
def test_clean_text(raw: str, seen: str) -> None:
    assert clean_text(raw) == seen


PIECES = (
    """< > &lt; &gt; &amp; &#60; &#x3c &#0; &nbsp; script / !-- --> img onerror=x a " ' ? <![CDATA[ ]]> <p> </p>"""
)
UNSEEN = ("\x00", "\u200b", "\ud800", "\n", "\x85", " ")
MARKUP = st.lists(st.sampled_from((*PIECES.split(), *UNSEEN)), max_size=25).map("".join)


@given(st.one_of(st.text(), MARKUP))
def test_no_tag_and_no_control_survives_anything(raw: str) -> None:
    seen = clean_text(raw)
    assert not TAG.search(seen)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", seen)
    assert seen == seen.strip()
    seen.encode()


@given(st.one_of(st.text(), MARKUP), st.integers(0, 30))
def test_a_line_is_one_line_under_its_cap(raw: str, cap: int) -> None:
    line = clean_line(raw, cap)
    assert len(line) <= cap
    assert len(line.splitlines()) <= 1


@pytest.mark.timeout(2)
def test_depth_costs_no_time() -> None:
    # 39,000 unclosed tags take nh3 alone more than two seconds.
    assert clean_text("<div>" * 39_000 + "deep") == "deep"
    assert clean_text("<b>" * 1_000 + "deep") == "deep"
    assert len(clean_text("word " * 100_000)) == TEXT_CAP - 1
