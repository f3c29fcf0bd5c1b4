"""The mail in both languages, as golden files, and what hostile words or a broken part do to it."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader

from tocsin.adapters.smtp import build_mime
from tocsin.alert import render
from tocsin.alert.render import Notice, render_message
from tocsin.model import (
    Brand,
    Counts,
    Incident,
    IncidentState,
    Person,
    Point,
    Reach,
    Reason,
    Severity,
    StorySummary,
    Tier,
    Verdict,
    Window,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "mail"
AT = datetime(2026, 11, 22, 20, 55, tzinfo=UTC)
SINCE = AT - timedelta(minutes=80)
HOURS = tuple(Point(AT - timedelta(hours=24 - i), 45.0 if i > 21 else 4.0, 5.0) for i in range(24))
BRAND = Brand("mirabelle", "Mirabelle & Fils")
INCIDENT = Incident(
    "mirabelle-20261122T2010Z", "mirabelle", IncidentState.OPEN, Severity.CRITICAL, SINCE, AT, None, 12.4, 14.2, 340
)
STORM = Verdict(
    "mirabelle", AT, Severity.CRITICAL, 12.43, 12.43, 6.0, Window(AT - timedelta(hours=1), AT),
    45, 5.0, 5.4, 3.2, SINCE, False,
    Counts(410, 312, 47, 198), 1.0, (), HOURS,
)  # fmt: skip
ENDED = replace(STORM, at=AT + timedelta(hours=3, minutes=10), severity=Severity.CALM, over=True, observed=3)
NAMES = ("Anne Dupont", "Marc Lévy")


def story(number: int, title: str, url: str, copies: int, text: str = "", words=()) -> StorySummary:
    return StorySummary(f"s{number}", title, text, url, "web", SINCE, copies, copies, -0.7, words)


FRENCH = ("faux avis", "aurait payé", "honte", "arnaque", "scandale")
ENGLISH = ("fake reviews", "paid <for>", "shame", "scam", "scandal")
STORIES = {
    "fr": (
        story(1, "Mirabelle : une agence aurait payé de faux avis", "https://www.gazette.example/avis?a=1&b=2",
              118, words=FRENCH[:2]),
        story(2, "« J’ai écrit quarante avis en une nuit »", "https://courrier.example/a/8821", 64, words=FRENCH),
        story(3, "", "javascript:alert(1)", 1, "Je veux être remboursée, et vite ! " * 9),
    ),
    "en": (
        story(1, "Mirabelle: agency paid for fake reviews", "https://www.gazette.example/food/reviews?a=1&b=2",
              118, words=ENGLISH[:2]),
        story(2, "‘I wrote forty reviews in one night’", "https://courrier.example/a/8821", 64, words=ENGLISH),
        story(3, "", "javascript:alert(1)", 1, "I want my money back, and <b>fast</b>! " * 9),
    ),
}  # fmt: skip


def notice(
    language="en", verdict=STORM, counts=None, names=NAMES, brand=BRAND, stories=None, severity=None, links=None
) -> Notice:
    incident = replace(INCIDENT, severity=severity or Severity.CRITICAL)
    return Notice(
        brand, incident, verdict, counts or verdict.counts, stories or STORIES[language], names, links or {}
    )


def write(facts: Notice, language="en", reason=Reason.FIRST):
    person = Person("anne", "Anne Dupont", "anne@example.org", language, "Europe/Paris")
    return render_message(facts, person, reason, "m1", "m1")


RARE = replace(STORM, usual=0.2, observed=12, counts=Counts(20, 14, 12, 9), coverage=2 / 3)
THREE_HOURS = replace(STORM, window=Window(AT - timedelta(hours=3), AT))
LINKS = {
    language: f"https://kibana.example.org/app/dashboards#/view/incident-{language}?_g=%28%29&_a=%28q%3A%27A%20%26%20B%27%29"
    for language in ("en", "fr")
}
CASES = {
    "first": (notice, Reason.FIRST),
    "worse": (lambda language: notice(language, THREE_HOURS), Reason.WORSE),
    "repeat_watch": (lambda language: notice(language, severity=Severity.WATCH), Reason.REPEAT),
    "linked": (lambda language: notice(language, links=LINKS), Reason.FIRST),
    "over": (lambda language: notice(language, ENDED, Counts(1300, 812, 61, 402)), Reason.OVER),
    "rare_and_partial": (lambda language: notice(language, RARE), Reason.FIRST),
    "no_stories": (lambda language: replace(notice(language, RARE), stories=None), Reason.FIRST),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", CASES)
def test_golden_mail(case: str, language: str, update_golden: bool) -> None:
    make, reason = CASES[case]
    message = write(make(language), language, reason)
    written = {"txt": f"Subject: {message.subject}\n\n{message.text}\n", "html": message.html + "\n"}
    for suffix, content in written.items():
        file = GOLDEN / f"{case}.{language}.{suffix}"
        if update_golden:
            file.write_text(content, encoding="utf-8")
        assert content == file.read_text(encoding="utf-8"), f"{file.name} differs; --update-golden rewrites it"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", CASES)
def test_a_phone_s_first_forty_characters_hold_brand_and_measure(case: str, language: str) -> None:
    make, reason = CASES[case]
    facts = make(language)
    first = write(replace(facts, brand=replace(BRAND, name="A brand of a very long name")), language, reason).subject[
        :40
    ]
    assert first.startswith("A brand of a very long")
    assert re.search(r"×\d|\d+ (stor|suj)|back|retour", first)


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_loaded_from_outside(case: str) -> None:
    make, reason = CASES[case]
    html = write(make("en"), "en", reason).html
    assert re.findall(r"src=\"([^\"]*)\"", html) == ["cid:chart"]
    assert "<script" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_a_story_tells_the_words_that_decided_it_few_and_short() -> None:
    long = replace(STORIES["en"][0], words=("w" * 99, *"abcdef"))
    text = write(notice(stories=(long, replace(long, words=()), replace(long, words=("\u200b",))))).text
    assert text.count("Deciding words") == 1
    assert f"Deciding words: “{'w' * 29}…”, “a”, “b”, “c”\n" in text


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        (Reach(), ""),
        (Reach(outlets=1), ""),
        (Reach(3, Tier.PRESS), " · on 3 sites · told by leading press"),
        (Reach(1, Tier.LARGE, 125_000), " · told by a large account · potential audience 125,000"),
        (Reach(1, Tier.REGULATOR), " · told by an authority"),
    ],
)
def test_a_story_tells_how_far_it_went_where_that_says_more_than_its_posts(reach: Reach, said: str) -> None:
    told = replace(story(1, "Title", "https://gazette.example/a", 22), reach=reach)
    assert f"gazette.example · web · 22 posts{said}\n" in write(notice(stories=(told,))).text


def test_more_names_than_fit_are_counted() -> None:
    assert "et 1 autre\n" in write(notice("fr", names=tuple("abcdefghi")), "fr").text
    assert "a, b, c, d, e, f, g, h and 4 more" in write(notice(names=tuple("abcdefghijkl"))).text


def test_a_failing_chart_leaves_the_mail_without_it(caplog) -> None:
    broken = replace(STORM, recent=(Point(AT, float("nan"), float("inf")),))
    message = write(notice(verdict=broken))
    assert message.chart == b""
    assert "cid:chart" not in message.html
    assert "45 new negative stories" in message.html
    assert "chart of mirabelle-20261122T2010Z failed" in caplog.text


def test_a_failing_template_leaves_the_other_part(monkeypatch, caplog) -> None:
    broken = render._templates.overlay(loader=DictLoader({"mail.html.j2": "{{ nobody }}", "mail.txt.j2": "{{ no"}))
    monkeypatch.setattr(render, "_templates", broken)
    message = write(notice())
    assert message.html == ""
    assert message.text.startswith(message.subject)
    assert "45 new negative stories in the last hour." in message.text
    assert "INCIDENT MIRABELLE" in message.text.upper()
    assert caplog.text.count("failed, the mail goes without it") == 2


class Tags(HTMLParser):
    """Collects what a browser would see: tags, attributes, links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]


PLAIN = Tags(write(notice(verdict=replace(STORM, recent=()))).html)
HEADERS = {header.lower() for header in build_mime(write(notice()), "Tocsin <t@example.org>", AT).keys()}  # noqa: SIM118
EVIL = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.sampled_from(
        [
            "x\r\nBcc: all@evil.example",
            "</td><script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            '" onmouseover="alert(1)',
            "{{ 7 * 7 }}{% raw %}",
            "javascript:alert(1)",
            "\u202ejavascript:\u2066",
            "{brand.__class__}",
            "=?utf-8?q?=0d=0aBcc:_x?=",
        ]
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(title=EVIL, text=EVIL, url=EVIL, network=EVIL, brand=EVIL, name=EVIL, word=EVIL)
def test_no_text_from_outside_becomes_header_tag_or_link(title, text, url, network, brand, name, word) -> None:
    stories = (replace(story(1, title, url, 2, text, (word, "x")), network=network), *STORIES["en"][1:])
    message = write(
        notice(stories=stories, names=(name,), brand=Brand("b", brand), verdict=replace(STORM, recent=()))
    )
    seen = Tags(message.html)
    loose = {"a", "br", "img"}
    assert {t: n for t, n in seen.tags.items() if t not in loose} == {
        t: n for t, n in PLAIN.tags.items() if t not in loose
    }
    assert seen.attributes <= PLAIN.attributes
    assert seen.tags["img"] == 0
    assert all(urlsplit(link).scheme in {"http", "https"} for link in seen.links)
    assert "49" not in message.text or "49" in title + text + url + network + brand + name + word
    person = replace(message.person, name=name)
    sent = message_from_bytes(
        bytes(build_mime(replace(message, person=person), "T <t@example.org>", AT)), policy=policy.default
    )
    assert {header.lower() for header in sent.keys()} == HEADERS  # noqa: SIM118
    assert [address.addr_spec for address in sent["To"].addresses] == ["anne@example.org"]
