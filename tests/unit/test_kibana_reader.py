"""The reader of Kibana's language that tests the dashboards reads what we write and refuses the rest."""

from datetime import UTC, datetime

import pytest

from kibana_kql import to_query
from kibana_search import moment

READ = {
    "": {"match_all": {}},
    'tone : "negative"': {"match_phrase": {"tone": "negative"}},
    r'brand_name : "A&B \"C\""': {"match_phrase": {"brand_name": 'A&B "C"'}},
    "story.is_copy : true": {"match": {"story.is_copy": "true"}},
    "user.hash : *": {"exists": {"field": "user.hash"}},
    'not a : "x" and b : *': {
        "bool": {"filter": [{"bool": {"must_not": [{"match_phrase": {"a": "x"}}]}}, {"exists": {"field": "b"}}]}
    },
    "a : 1 or b : 2 and c : 3": {
        "bool": {
            "should": [{"match": {"a": "1"}}, {"bool": {"filter": [{"match": {"b": "2"}}, {"match": {"c": "3"}}]}}],
            "minimum_should_match": 1,
        }
    },
    "not (a : 1 or b : 2)": {
        "bool": {
            "must_not": [
                {"bool": {"should": [{"match": {"a": "1"}}, {"match": {"b": "2"}}], "minimum_should_match": 1}}
            ]
        }
    },
}


@pytest.mark.parametrize(("kql", "query"), READ.items())
def test_what_we_write_is_read(kql, query):
    assert to_query(kql) == query


@pytest.mark.parametrize(
    "kql",
    ["word", "a : neg*", "a > 5", "a : (x or y)", "a : x y", "a :",
     'a : "x', "a : x and", "(a : x", "a : x)", "* : x",
     "a : { b : x }", "not", "and : x", 'a : "x" "y"', "a : or"],
)  # fmt: skip
def test_every_other_form_is_refused(kql):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the words: it must not pass
        to_query(kql)


NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
MOMENTS = {
    ("now", False): NOW,
    ("now-24h", False): datetime(2026, 11, 22, 10, 30, tzinfo=UTC),
    ("now-7d/d", False): datetime(2026, 11, 16, tzinfo=UTC),
    ("now-1d/d", True): datetime(2026, 11, 22, 23, 59, 59, 999000, tzinfo=UTC),
    ("now/d", True): datetime(2026, 11, 23, 23, 59, 59, 999000, tzinfo=UTC),
    ("2026-11-22T04:00:00.000Z", True): datetime(2026, 11, 22, 4, tzinfo=UTC),
}


@pytest.mark.parametrize(("said", "at"), MOMENTS.items())
def test_times_are_read_as_kibana_reads_them(said, at):
    assert moment(said[0], NOW, end=said[1]) == at


@pytest.mark.parametrize("said", ["now/w", "now-1M", "soon"])
def test_other_times_are_refused(said):
    with pytest.raises(ValueError, match="isoformat"):
        moment(said, NOW)
