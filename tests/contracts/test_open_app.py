"""The door of the live product: a bad place to live in is said in a sentence, and steps may be run twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tocsin.errors import PermanentError, TransientError
from tocsin.model import Counts, Mention, RawItem, Severity, Stage, Tier, Verdict, Window
from tocsin.wiring import open_app

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILES = {
    "brands": "brands: [{id: tonic, name: Tonic}]",
    "sources": "sources: [{id: news, kind: feed, url: 'https://example.org/f'}]",
    "people": "people: [{id: ana, name: Ana, email: ana@example.org}]",
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_home_that_cannot_be_a_folder_is_said(config: Path) -> None:
    home = config / "a file"
    home.write_text("", encoding="utf-8")
    with pytest.raises(PermanentError, match=r"TOCSIN_HOME.*a file"), open_app(environ(config, home)):
        pass


def test_a_key_that_cannot_be_kept_is_said(config: Path) -> None:
    home = config / "home"
    (home / "pseudonym.key").mkdir(parents=True)
    with open_app(environ(config, home)) as app, pytest.raises(PermanentError, match=r"pseudonym\.key"):
        app.collect()


@dataclass
class MovedClock:
    at: datetime = datetime(2026, 3, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def test_alerting_again_on_verdicts_that_were_told_changes_nothing(config: Path) -> None:
    """A worker died between its last act and saying so: the retry finds nothing left to do."""
    with open_app(environ(config, config / "home"), clock=MovedClock()) as app:
        verdicts = app.detect()
        app.alert(verdicts)
        before = app.stores.reports.totals()
        app.alert(verdicts)
        assert app.stores.reports.totals() == before


def test_verdicts_that_nobody_could_be_told_do_not_pile_up(config: Path) -> None:
    clock = MovedClock()
    with open_app(environ(config, config / "home"), clock=clock) as app:
        for _ in range(40):
            clock.at += timedelta(minutes=5)
            newest = app.detect()
        kept = app.batches.pending(Stage.VERDICTS)
    assert len(kept) == 12
    assert kept[-1] == newest


def test_detecting_keeps_what_charts_show(config: Path, mention: Callable[..., Mention]) -> None:
    clock = MovedClock(NOON + timedelta(hours=2, minutes=1))
    with open_app(environ(config, config / "home"), clock=clock) as app:
        app.stores.mentions.add([mention("a"), mention("b", minutes=90)])
        app.detect()
        points = app.stores.series.read("tonic", Window(NOON, clock.at))
        assert [one.at for one in points] == [NOON + timedelta(minutes=minutes) for minutes in range(55, 120, 5)]
        assert {one.at: one.counted for one in points if one.counted} == {NOON + timedelta(minutes=90): 1}
        assert {one.coverage for one in points} == {0.0}, "the only source never answered"


def test_charts_that_cannot_be_drawn_stop_no_verdict(
    config: Path, mention: Callable[..., Mention], caplog: pytest.LogCaptureFixture
) -> None:
    with open_app(environ(config, config / "home"), clock=MovedClock(NOON + timedelta(hours=2))) as app:
        app.stores.mentions.add([mention("a")])
        with app.stores.database.transaction() as connection:
            connection.execute("DROP TABLE series")
        (verdict,) = app.batches.read(Stage.VERDICTS, app.detect(), Verdict)
    assert verdict.brand == "tonic"
    assert "series not drawn, charts show a gap until it is" in caplog.text
    assert "no such table" in caplog.text


@pytest.mark.parametrize("kibana", [True, False])
def test_an_incident_links_to_the_kibana_of_the_settings(config: Path, kibana: bool) -> None:
    (config / "brands.yaml").write_text("brands: [{id: tonic, name: L'Oréal}]", encoding="utf-8")
    where = {"TOCSIN_KIBANA_URL": "https://kibana.example.org", "TOCSIN_KIBANA_SPACE": "pr"} if kibana else {}
    window, counts = Window(NOON - timedelta(hours=1), NOON), Counts(60, 50, 45, 30)
    storm = Verdict(
        "tonic", NOON, Severity.CRITICAL, 12, 12, 6, window, 45, 5, 5, 3, window.start, False, counts, 1.0, ()
    )  # fmt: skip
    with open_app(environ(config, config / "home") | where, clock=MovedClock(NOON)) as app:
        app.batches.write(Stage.VERDICTS, "v", [storm])
        with pytest.raises(TransientError, match="undelivered"):  # No mail server is set.
            app.alert("v")
        link = app.stores.incidents.open_incident("tonic").link
    page = "https://kibana.example.org/s/pr/app/dashboards#/view/tocsin-incident-en?"
    assert link.startswith(page) if kibana else link == ""
    assert not kibana or quote("L!'Oréal", safe="") in link


def environ(config: Path, home: Path) -> dict[str, str]:
    return {"TOCSIN_HOME": str(home), "TOCSIN_CONFIG": str(config)}


def test_an_author_who_is_ranked_by_name_is_known_by_pseudonym(config: Path) -> None:
    (config / "sources.yaml").write_text("sources: []\nvoices: {press: [web/Jane Doe]}\n", encoding="utf-8")
    with open_app(environ(config, config / "home")) as app:
        written = app.keeper.author("jane  DOE", "web").pseudonym
        elsewhere = app.keeper.author("Jane Doe", "forum").pseudonym
        posts = [
            RawItem("i", "s", "web", "", "", "text", author, NOON, NOON)
            for author in (written, elsewhere, "Jane Doe")
        ]
        assert [app.tagger.voices.tier_of(post) for post in posts] == [Tier.PRESS, Tier.UNKNOWN, Tier.UNKNOWN]
