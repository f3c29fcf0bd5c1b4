"""Measure the Elasticsearch store on a real node: documents per second beside the bare client, and the questions.

    tocsin elasticsearch          # in another terminal; prints the address
    python benchmarks/index.py --url http://127.0.0.1:9200 --mentions 200000 --brands 100

The bare client (`helpers.parallel_bulk` with compression, else as it comes) gets the very documents that the store
writes, made before its clock starts, on the same node under the same template. Writing the store also makes them,
claims each id, checks that each document reads back, and makes all findable.
"""

import argparse
import random
import resource
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from elasticsearch import Elasticsearch, helpers

from tocsin.adapters.elastic import open_elastic
from tocsin.index import schema
from tocsin.index.document import document_id, month_of, to_document
from tocsin.model import Mention, Tone, Window

WARM = 500
"""Documents written before the clock starts, so that both find the indices of all months made."""
END = datetime(2026, 11, 22, tzinfo=UTC)
TALK = """
la marque répond enfin aux clients après le scandale de la boisson retirée des rayons hier soir
une enquête accuse l'agence d'avoir payé de faux avis pour cacher la panne signalée depuis des mois
the brand answers its customers at last and says that the recall was late and the apology honest
"""
WORDS = TALK.split()


def mentions(number: int, brands: int, days: float, seed: int = 7) -> Iterator[Mention]:
    """Posts of about twenty words over the last `days`: a third negative, four in ten a copy of another."""
    dice = random.Random(seed)  # noqa: S311 - data to measure with
    for n in range(number):
        at = END - timedelta(seconds=dice.uniform(0, days * 86_400))
        story = n if dice.random() < 0.6 else dice.randrange(max(n, 1))
        text = " ".join(dice.choices(WORDS, k=20))
        tone = dice.choice([Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE])
        named = tuple({f"brand-{int(dice.triangular(0, brands, 0))}" for _ in range(dice.choice([1, 1, 1, 2]))})
        yield Mention(
            id=f"{n:032x}",
            source_id=f"source-{n % 300}",
            network=dice.choice(["web", "forum", "news"]),
            url=f"https://example.org/{n % 300}/{n:x}",
            title=" ".join(text.split()[:6]),
            text=text,
            author=f"{dice.randrange(number // 4 + 1):016x}",
            published_at=at,
            discovered_at=at + timedelta(minutes=3),
            language="fr",
            brands=named,
            tone=tone,
            compound={Tone.NEGATIVE: -0.5, Tone.NEUTRAL: 0.0, Tone.POSITIVE: 0.5}[tone],
            story_id=f"{story:032x}",
        )


def bare(es: Elasticsearch, prefix: str, posts: list[Mention], threads: int, chunk: int) -> float:
    """Documents per second of the client's own helper."""
    body = schema.template("mentions", prefix)
    es.indices.put_index_template(name=prefix, meta=body.pop("_meta"), **body)
    documents = [
        {
            "_op_type": "create",
            "_index": schema.month_index(prefix, month_of(post)),
            "_id": document_id(post.id),
            "_source": {**to_document(post), "entity": []},
        }
        for post in posts
    ]
    helpers.bulk(es, documents[:WARM])
    start = time.perf_counter()
    deque(helpers.parallel_bulk(es, documents[WARM:], thread_count=threads, chunk_size=chunk), maxlen=0)
    es.indices.refresh(index=f"{prefix}-mentions")
    return (len(posts) - WARM) / (time.perf_counter() - start)


def store(url: str, key: str | None, prefix: str, posts: list[Mention]) -> float:
    """Documents per second of our store, from mentions to findable."""
    with open_elastic(url, api_key=key, prefix=prefix) as stores:
        stores.mentions.add(posts[:WARM])
        start = time.perf_counter()
        added = stores.mentions.add(posts[WARM:])
        took = time.perf_counter() - start
        assert added.created == len(posts) - WARM, added
    return (len(posts) - WARM) / took


def best_of(times: int, ask: Callable[[], object]) -> float:
    """Seconds of the quickest of some tries."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        ask()
        took.append(time.perf_counter() - start)
    return min(took)


def compare(es: Elasticsearch, args: argparse.Namespace, run: str) -> None:
    posts = list(mentions(args.documents, args.brands, 365))
    for number in range(args.rounds):
        plain = bare(es, f"{run}-bare{number}", posts, args.threads, args.chunk)
        ours = store(args.url, args.key, f"{run}-ours{number}", posts)
        print(f"{args.documents:,} documents: bare {plain:,.0f}/s, store {ours:,.0f}/s, ratio {ours / plain:.2f}")


def ask(args: argparse.Namespace, prefix: str) -> None:
    with open_elastic(args.url, api_key=args.key, prefix=prefix) as stores:
        start = time.perf_counter()
        stores.mentions.add(mentions(args.mentions, args.brands, 56))
        took, memory = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{args.mentions:,} mentions streamed in {took:.1f} s, peak memory {memory} MB")
        names = [f"brand-{n}" for n in range(args.brands)]
        hours, day, weeks = (Window(END - timedelta(hours=span), END) for span in (3, 24, 56 * 24))
        for name, question in {
            "counts, last 3 h, all brands": lambda: stores.mentions.counts(hours, names),
            "counts, 8 weeks, all brands": lambda: stores.mentions.counts(weeks, names),
            "5-minute buckets, last day, all brands": lambda: list(stores.mentions.buckets(day, names)),
            "story starts, last day, all brands": lambda: list(stores.mentions.story_starts(day, names)),
            "story starts, 8 weeks, all brands": lambda: list(stores.mentions.story_starts(weeks, names)),
            "top stories, 8 weeks, one brand": lambda: stores.mentions.top_stories("brand-0", weeks, 5),
            "story origins, last day": lambda: list(stores.mentions.story_origins(day)),
            "search of two words": lambda: stores.mentions.search("scandales client"),
        }.items():
            print(f"{best_of(3, question) * 1000:8.0f} ms  {name}")


def forget(es: Elasticsearch, prefix: str) -> None:
    for index in es.indices.get(index=f"{prefix}-*", filter_path="*.aliases"):
        es.indices.delete(index=index)
    es.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:9200")
    parser.add_argument("--key")
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--mentions", type=int, default=200_000)
    parser.add_argument("--brands", type=int, default=100)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--chunk", type=int, default=500)
    args = parser.parse_args()
    run = f"bench-{secrets.token_hex(3)}"
    with Elasticsearch(args.url, api_key=args.key, http_compress=True, request_timeout=60) as es:
        try:
            ask(args, f"{run}-ask")  # First: its peak of memory is that of streaming, not of the lists below.
            forget(es, f"{run}-ask")
            compare(es, args, run)
        finally:
            forget(es, run)


if __name__ == "__main__":
    main()
