"""What is asked of Elasticsearch, word for word: one golden file per question."""

import json
from datetime import UTC, datetime, timedelta
from inspect import isfunction
from pathlib import Path

import pytest

from tocsin.index import outdated, queries
from tocsin.model import Limits, Window

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "queries"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1))
BRANDS = ["L'Oréal", 'A&B "C"']
LIMITS = Limits(NOON, {"L'Oréal": NOON - timedelta(days=9), 'A&B "C"': NOON - timedelta(days=9), "c": NOON})
AFTER = {"brand": "L'Oréal", "story": "s1"}

QUESTIONS = {
    "count_all": queries.count_all(),
    "earliest": queries.earliest(),
    "by_ids": queries.by_ids(["a", "b"]),
    "counts": queries.counts(HOUR, BRANDS),
    "story_starts": queries.story_starts(HOUR, BRANDS),
    "story_starts_next_page": queries.story_starts(HOUR, BRANDS, AFTER),
    "story_sizes": queries.story_sizes("L'Oréal", HOUR),
    "story_details": queries.story_details("L'Oréal", HOUR, ["s1", "s2"]),
    "bucket_counts": queries.bucket_counts(HOUR, BRANDS, timedelta(minutes=5)),
    "driving_words": queries.driving_words("L'Oréal", HOUR, 10),
    "origins": queries.origins(HOUR),
    "by_author": queries.by_author("0f0f"),
    "posts_to_erase": queries.posts_to_erase(["a", "b"]),
    "not_before": outdated.not_before(NOON),
    "everything": queries.everything(),
    "told_of": outdated.told_of(NOON),
    "all_points": queries.all_points(),
    "outdated": outdated.outdated(LIMITS),
    "outdated_points": outdated.outdated_points(LIMITS),
    "newest_point": queries.newest_point(),
    "drawn": queries.drawn(HOUR, BRANDS),
    "for_older_months": queries.for_older_months(queries.story_starts(HOUR, BRANDS)),
    "counts_for_older_months": queries.for_older_months(queries.counts(HOUR, BRANDS)),
    "points": queries.points("L'Oréal", HOUR),
    "search": queries.search("L’Oréal's SCANDALES", None, 20),
    "search_in_brand": queries.search("scandales", "L'Oréal", 20),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_is_asked_as_its_golden_file_says(name: str, update_golden: bool) -> None:
    path, text = GOLDEN / f"{name}.json", json.dumps(QUESTIONS[name], indent=2, ensure_ascii=False) + "\n"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(QUESTIONS)


PIECES = {"within", "harming", "words_left", "is_by", "before", "are"}
"""Not questions by themselves."""


def test_each_question_has_its_golden_file() -> None:
    asked = {
        name
        for module in (queries, outdated)
        for name, made in vars(module).items()
        if isfunction(made) and made.__module__ == module.__name__
    }
    public = {name for name in asked if not name.startswith("_")}
    assert public - PIECES <= set(QUESTIONS)


@pytest.mark.parametrize("words", ["", "  ", "!?", "😡"])
def test_an_input_without_words_asks_nothing(words: str) -> None:
    assert queries.search(words, None, 20) is None


def test_of_a_very_long_question_the_rest_is_kept_for_comparing() -> None:
    words = " ".join(f"d'w{n}" for n in range(queries.MOST_WORDS + 2))
    assert len(queries.search(words, None, 20)["query"]["bool"]["filter"]) == queries.MOST_WORDS
    assert queries.words_left(words) == {f"dw{queries.MOST_WORDS}", f"dw{queries.MOST_WORDS + 1}"}
    assert queries.words_left("few words") == frozenset()


@pytest.mark.parametrize(("brands", "exact"), [(1, 40_000), (50, 40_000), (1000, 2000), (10_000, 200)])
def test_the_more_brands_share_a_request_the_less_each_may_take_of_the_nodes_memory(brands: int, exact: int) -> None:
    body = queries.counts(HOUR, [f"b{n}" for n in range(brands)])
    told = body["aggs"]["harmed"]["aggs"]
    assert {told[name]["cardinality"]["precision_threshold"] for name in ("stories", "authors")} == {exact}
