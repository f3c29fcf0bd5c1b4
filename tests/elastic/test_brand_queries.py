"""A brand's query as a search of a real Elasticsearch finds all that the matcher finds."""

import csv
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tocsin.adapters.elastic import open_elastic
from tocsin.config import load_config
from tocsin.enrich.language import LanguageReader
from tocsin.enrich.matching import About, BrandMatcher
from tocsin.index.asked import matching
from tocsin.model import Brand, Mention, Tone
from tocsin.node import Address
from tocsin.query import parse_query

EXAMPLES = Path(__file__).resolve().parents[2] / "include" / "config" / "examples" / "homonyms"
BRANDS = load_config(EXAMPLES, need_sources=False).brands
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
READER = LanguageReader(("fr", "en"))
ODD = (
    ("L’ORÉAL rappelle", "un lot"),
    ("", "loreal ou l oreal"),
    ("Panne géante", "Orange s'excuse"),
    ("", "#AirFrance @airfrance Air-France"),
    ("télécoms", "COCA COLA, coca-cola et cocacola"),
)
QUERIES = ("l'oréal", "orange NEAR/2 géante", '"air france"', "télécom*", "coca-cola", '"coca col*"', "orange -panne",
           "loreal lang:fr OR orange site:example.org", "orange NEAR/1 s'excuse OR orange NOT NEAR/9 géante",
           '#orange network:web source:s', 'panne NEAR/5 (orange OR "air france") NEAR/9 géante')  # fmt: skip


def mentions() -> list[Mention]:
    files = [(EXAMPLES / f"{half}.csv").read_text(encoding="utf-8").splitlines() for half in ("dev", "held")]
    texts = [("", row["text"]) for lines in files for row in csv.DictReader(lines)]
    return [
        Mention(
            f"m{n}", "s", "web", "https://www.example.org/1", title, text, "a", NOON, NOON,
            language=READER.read(f"{title} {text}"), brands=("b",), tone=Tone.NEUTRAL, compound=0.0, story_id=f"m{n}",
        )
        for n, (title, text) in enumerate([*texts, *ODD])
    ]  # fmt: skip


@pytest.fixture(scope="module")
def search(elasticsearch_node: Address) -> Iterator:
    """Ask the mentions; gives the ids found."""
    prefix = f"test-{secrets.token_hex(4)}"
    with Elasticsearch(elasticsearch_node.url, api_key=elasticsearch_node.api_key) as es:
        try:
            with open_elastic(elasticsearch_node.url, api_key=elasticsearch_node.api_key, prefix=prefix) as stores:
                stores.mentions.add(mentions())

            def ask(query: dict) -> set[str]:
                told = es.search(
                    index=f"{prefix}-mentions", query=query, size=1_000, allow_partial_search_results=False
                )
                return {hit["_source"]["event"]["id"] for hit in told["hits"]["hits"]}

            yield ask
        finally:
            for index in es.indices.get(index=f"{prefix}-*", expand_wildcards="all", filter_path="*.aliases"):
                es.indices.delete(index=index)
            for template in es.indices.get_index_template(name=f"{prefix}-*")["index_templates"]:
                es.indices.delete_index_template(name=template["name"])


@pytest.mark.parametrize(
    "query", [*QUERIES, *(one.query for one in load_config(EXAMPLES, need_sources=False).brands)]
)
def test_it_finds_what_the_matcher_finds_and_little_more(search, query: str) -> None:
    stored = mentions()
    about = [About(one.network, one.source_id, one.url, lambda one=one: one.language) for one in stored]
    hits = BrandMatcher([Brand("b", "B", query=query)]).find_all([one.text_of for one in stored], about)
    fitting = {one.id for one, found in zip(stored, hits, strict=True) if found}
    body, bound = matching(parse_query(query))
    found = search(body)
    assert fitting
    assert fitting <= found
    assert len(found) <= (3 * len(fitting) + 60 if bound.left else len(fitting) + 3)
