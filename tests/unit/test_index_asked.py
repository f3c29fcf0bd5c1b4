"""Brand queries as bodies of searches."""

from tocsin.index.asked import matching
from tocsin.query import parse_query


def any_of(*clauses: dict) -> dict:
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def word(text: str) -> dict:
    return any_of({"match_phrase": {"title": text}}, {"match_phrase": {"message": text}}, {"term": {"words": text}})


def test_what_is_known_besides_the_text_and_what_is_excluded() -> None:
    body, bound = matching(parse_query("orange -jus lang:fr site:example.org network:web source:s"))
    assert body["bool"]["must_not"] == [word("jus")]
    assert body["bool"]["filter"] == [
        word("orange"),
        {"term": {"language": "fr"}},
        any_of({"term": {"url.domain": "example.org"}}, {"wildcard": {"url.domain": {"value": "*.example.org"}}}),
        {"term": {"network": "web"}},
        {"term": {"source_id": "s"}},
    ]
    assert bound.left == ()


def test_words_near_each_other_within_a_text_and_across_title_and_text() -> None:
    body, _ = matching(parse_query("orange NEAR/3 panne"))
    sides = [{"match": {"query": one, "max_gaps": 0, "ordered": True}} for one in ("orange", "panne")]
    near = {"all_of": {"intervals": sides, "max_gaps": 2, "ordered": False}}
    across = [
        {"bool": {"filter": [{"match_phrase": {one: "orange"}}, {"match_phrase": {other: "panne"}}]}}
        for one, other in (("title", "message"), ("message", "title"))
    ]
    assert body == any_of({"intervals": {"title": near}}, {"intervals": {"message": near}}, *across)


def test_spellings_and_words_that_go_on() -> None:
    body, _ = matching(parse_query("L'Oréal"))
    assert {"term": {"words": "loreal"}} in body["bool"]["should"]
    assert {"match_phrase": {"message": "L Oréal"}} in body["bool"]["should"]
    assert matching(parse_query("Télécom*"))[0] == {"prefix": {"words": "telecom"}}


def test_what_is_left_to_check() -> None:
    body, bound = matching(parse_query("=Orange NOT NEAR/2 jus"))
    assert body == any_of(
        {"match_phrase": {"title": "Orange"}}, {"match_phrase": {"message": "Orange"}}, {"term": {"words": "orange"}}
    )
    assert set(bound.left) == {"=Orange", "=Orange NOT NEAR/2 jus"}
    assert matching(parse_query("#orange +jus"))[1].left == ("#orange",)
    chain = "orange NEAR/3 panne NEAR/2 box"
    body, bound = matching(parse_query(f"{chain} OR x NEAR/2 assur*"))
    assert bound.left == (chain, "x NEAR/2 assur*")
    assert "intervals" in str(body), "the chain's first pair"
