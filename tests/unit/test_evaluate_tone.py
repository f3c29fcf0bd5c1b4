"""Scoring of tones: the sign alone where nobody is neutral, and the figures over time."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.enrich.language import LanguageReader
from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.evaluate.judging import ToneJudge, readable
from tocsin.evaluate.tone import Judged, score_tone
from tocsin.model import Tone

NEG, NEU, POS, UNKNOWN = Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE, Tone.UNKNOWN
START = datetime(2026, 3, 2, tzinfo=UTC)


def test_without_a_neutral_label_the_sign_alone_decides() -> None:
    rows = [Judged(NEG, NEU, -0.01), Judged(POS, NEU, 0.01), Judged(POS, NEU, 0.0), Judged(NEG, UNKNOWN, 0.0)]
    found = score_tone(rows)
    assert found.by_sign
    assert found.scores.said == ("negative", "neutral", "positive", "unknown")
    assert found.scores.confusion == ((1, 0, 0, 1), (0, 1, 1, 0))
    assert found.scores.accuracy.value == 0.5


def test_with_a_neutral_label_the_tone_decides() -> None:
    found = score_tone([Judged(NEG, NEU, -0.01), Judged(NEU, NEU, 0.01)])
    assert not found.by_sign
    assert found.scores.confusion == ((0, 1), (0, 1))


def test_pearson_is_over_the_rows_whose_label_is_a_number() -> None:
    rows = [Judged(NEG, NEG, value / 10, number=value) for value in range(-4, 0)] + [Judged(POS, POS, 0.9)]
    assert score_tone(rows).pearson.value == 1.0
    assert score_tone(rows[-1:]).pearson is None


@pytest.mark.parametrize(
    ("step", "count", "names"),
    [
        (timedelta(minutes=20), 6, ["2026-03-02 00:00", "2026-03-02 01:00"]),
        (timedelta(hours=12), 4, ["2026-03-02 00:00", "2026-03-02 12:00", "2026-03-03 00:00", "2026-03-03 12:00"]),
        (timedelta(hours=6), 16, ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]),
        (timedelta(days=3), 8, None),
        (timedelta(days=5), 4, ["2026-03-02 00:00", "2026-03-07 00:00", "2026-03-12 00:00", "2026-03-17 00:00"]),
        (timedelta(days=1), 14, ["week of 2026-03-02", "week of 2026-03-09"]),
        (timedelta(days=31), 13, ["2026 Q1", "2026 Q2", "2026 Q3", "2026 Q4", "2027 Q1"]),
        (timedelta(days=200), 20, [str(year) for year in range(2026, 2037)]),
    ],
    ids=lambda value: str(value) if isinstance(value, timedelta) else None,
)
def test_periods_are_few_and_oldest_first(step: timedelta, count: int, names: list[str] | None) -> None:
    rows = [Judged(NEG, NEG, -0.5, at=START + step * at) for at in reversed(range(count))]
    found = score_tone([*rows, Judged(NEG, POS, 0.5)]).periods
    assert [period.name for period in found] == (names or sorted(period.name for period in found))
    assert len(found) <= 12
    assert sum(period.scores.rows for period in found) == count
    assert all(period.scores.accuracy.value == 1 for period in found)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"it\u2019s <b>fine</b> &amp; good", "it’s fine & good"),
        (r"C:\users is no escape", r"C:\users is no escape"),
        ("", ""),
        (r"nul \ud83d\ude21", "nul 😡"),
        (r"half \ud83d of an emoji\u2026", "half of an emoji…"),
    ],
)
def test_texts_are_read_as_a_sources_are(raw: str, text: str) -> None:
    assert readable(raw) == text


def test_a_target_is_found_as_a_brand_is_and_what_is_not_there_is_said() -> None:
    judge = ToneJudge(ToneReader(Thresholds()), "en", ["Bulla", " Zétha "])
    texts = ["#bulla is awful.", "I love zetha.", "Nobody is here.", "Awful."]
    heard = judge.hear(texts, ["Bulla", "Zétha", "Bulla", ""])
    assert [one.found for one in heard] == [True, True, False, True]
    assert [one.tone for one in heard] == [NEG, POS, NEU, NEG]


def test_a_target_is_judged_among_the_other_targets_of_its_text() -> None:
    judge = ToneJudge(ToneReader(Thresholds()), "en", ["Bulla", "Gloria"])
    text = "Bulla is awful. Gloria is lovely."
    assert [one.tone for one in judge.hear([text, text], ["Bulla", "Gloria"])] == [NEG, POS]


def test_the_language_is_read_where_it_is_not_told() -> None:
    judge = ToneJudge(ToneReader(Thresholds()), LanguageReader(("fr", "en")))
    heard = judge.hear(
        ["Le service client est vraiment nul et lent", "The service is really awful and slow", "Ok"], [""] * 3
    )
    assert [(one.language, one.tone) for one in heard] == [("fr", NEG), ("en", NEG), ("und", UNKNOWN)]
