"""Honest validation: no group on both sides, the future apart, gains and probabilities that mean something."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.enrich.model import ToneModel, softmax
from tocsin.enrich.model_features import RULES, Features
from tocsin.enrich.model_training import fit
from tocsin.evaluate.estimates import Estimate
from tocsin.evaluate.folds import copies_of, grouped_folds, later_fold, with_authors
from tocsin.evaluate.model_card import Facts, model_card, telling_words, verdict
from tocsin.evaluate.validation import Labelled, calibrate, compare, validate
from tocsin.model import Tone

NEG, NEU, POS = Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE
START = datetime(2026, 3, 2, tzinfo=UTC)
LONG = "The minister said on Monday that the new station will open before the summer holidays begin"


def test_near_copies_are_of_one_group_and_so_are_the_texts_of_one_author() -> None:
    texts = [
        LONG,
        f"RT @a: {LONG}",
        "Our flight was late again and nobody knew anything at the desk",
        "Bulla",
        "Gloria",
    ]
    copies = copies_of(texts)
    assert list(copies) == [0, 0, 2, 3, 4]
    groups = with_authors(copies, ["ann", "", "bob", "bob", ""])
    assert groups[0] == groups[1] != groups[2] == groups[3] != groups[4]
    chain = with_authors(np.array([0, 0, 2]), ["ann", "bob", "bob"])
    assert len(set(chain)) == 1, "by copy and by author"


@given(st.lists(st.integers(0, 8), min_size=2, max_size=60))
def test_folds_part_no_group_and_test_each_text_once(groups: list[int]) -> None:
    folds = grouped_folds(np.array(groups))
    assert len(folds) == min(5, len(set(groups)))
    tested = np.concatenate([fold.tested for fold in folds])
    assert sorted(tested) == list(range(len(groups)))
    for fold in folds:
        assert not {groups[row] for row in fold.learnt} & {groups[row] for row in fold.tested}
        assert len(fold.learnt) + len(fold.tested) == len(groups)


def test_folds_are_of_about_one_size() -> None:
    sizes = [len(fold.tested) for fold in grouped_folds(np.array([0] * 20 + list(range(1, 81))))]
    assert sizes == [20, 20, 20, 20, 20]


def test_what_comes_later_is_tested_without_copies_of_what_was_learnt() -> None:
    times = [START + timedelta(hours=hour) for hour in (9, 0, 1, 2, 3, 4, 5, 6, 7, 8)]
    fold = later_fold(times, np.array([0, 1, 2, 3, 4, 5, 6, 7, 1, 9]))
    assert list(fold.learnt) == [1, 2, 3, 4, 5, 6, 7]
    assert list(fold.tested) == [0, 9], "row 8 is a copy of row 1"


def numbers(values: list[float]) -> Features:
    """Texts of which one rule says all."""
    rules = np.zeros((len(values), RULES))
    rules[:, 0] = values
    return Features(np.empty(0, np.int64), np.empty(0), np.zeros(len(values), np.int64), rules)


def learn(part: Features, labels: list[Tone]) -> ToneModel:
    return fit(part, labels, "en", hold_back=0.01)


def labelled(count: int, *, times: bool = False) -> Labelled:
    labels = tuple([NEG, POS][row % 2] for row in range(count))
    features = numbers([-1.0 if label is NEG else 1.0 for label in labels])
    at = tuple(START + timedelta(hours=row) for row in range(count)) if times else ()
    return Labelled(features, labels, (POS,) * count, np.arange(count), np.arange(count), at)


def test_a_model_that_knows_is_told_from_rules_that_do_not() -> None:
    found = validate(labelled(60, times=True), learn, lambda told: None)
    assert found.by_groups.rows == 60
    assert found.by_groups.model.macro_f1.value == 1.0
    assert found.by_groups.rules.accuracy.value == 0.5
    assert found.by_groups.gain.low > 0.5
    assert verdict(found.by_groups.gain) == "training helps"
    assert found.by_time.rows == 18
    assert found.calibration.after < 0.05
    assert validate(labelled(60), learn, lambda told: None).by_time is None


def test_without_two_groups_nothing_can_be_held_out() -> None:
    found = labelled(20)
    one = Labelled(found.features, found.labels, found.rules, found.copies, np.zeros(20, np.int64))
    assert validate(one, learn, lambda told: None) is None


def test_a_gain_is_paired_so_that_the_same_answers_are_no_gain() -> None:
    labels = [NEG, POS, NEU] * 20
    said = [NEG, POS, POS] * 20
    assert compare(labels, said, said).gain == Estimate(0.0, 0.0, 0.0)
    assert compare(labels, labels, said).gain.value == pytest.approx(1 - (1 + 2 / 3 + 0) / 3, abs=1e-3)


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (Estimate(0.02, 0.01, 0.03), "training helps"),
        (Estimate(0.02, -0.01, 0.05), "no difference that chance could not make"),
        (Estimate(-0.02, -0.03, -0.01), "the rules alone do better"),
    ],
)
def test_a_gain_in_words(gain: Estimate, said: str) -> None:
    assert verdict(gain) == said


def test_probabilities_that_are_too_sure_are_cooled_and_their_error_falls() -> None:
    chance = np.random.default_rng(2)
    honest = chance.normal(size=(2000, 2)) * 1.5
    wanted = (chance.random(2000) > softmax(honest)[:, 0]).astype(np.int64)
    found = calibrate(honest * 3, wanted, grouped_folds(np.arange(2000)))
    assert 2.4 < found.temperature < 3.6
    assert found.before > 0.1
    assert found.after < 0.04
    assert sum(one.rows for one in found.bins) == 2000


def test_the_telling_words_are_those_of_the_class() -> None:
    from tocsin.enrich.model_features import features_of
    from tocsin.enrich.tone import Thresholds, ToneReader

    texts = ["grumpf the train", "yapluk the train"] * 20 + ["seldom"]
    labels = [NEG, POS] * 20 + [NEG]
    model = fit(features_of(texts, "en", ToneReader(Thresholds())), labels, "en")
    words = telling_words(model, texts)
    assert words["negative"][0] == "grumpf"
    assert words["positive"][0] == "yapluk"
    assert "seldom" not in words["negative"]


GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "model_card.md"


def test_the_card_says_it_all(update_golden: bool) -> None:
    facts = Facts(
        language="en",
        source="verdicts.csv",
        source_sha256="ab" * 32,
        labels="negative, neutral and positive by their words",
        rows={"negative": 30, "positive": 30},
        left_out={"other_label": 2, "no_text": 0},
        grouped_by="near-copies and authors",
        span=(START, START + timedelta(hours=59)),
        trained_at=START + timedelta(days=3),
        version="0.1.0",
        validated=validate(labelled(60, times=True), learn, lambda told: None),
        telling={"negative": ("late", "lost"), "positive": ()},
        model_sha256="cd" * 32,
    )
    card = model_card(facts)
    if update_golden:
        GOLDEN.write_text(card, encoding="utf-8")
    assert card == GOLDEN.read_text(encoding="utf-8")
