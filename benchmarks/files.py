"""Measure how files of recorded posts are collected: `python benchmarks/files.py --rows 1000000`.

Each form is written once, then read by a process of its own, as `tocsin collect` does: rows become cleaned items in
durable batches on disk, 5,000 to a batch, and the place is saved after each. Told are rows per second and the peak of
memory, the libraries included; half-size files show whether memory grows with the file.
"""

import argparse
import asyncio
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import open_sqlite
from tocsin.collect.identity import Authors, pseudonym
from tocsin.collect.networks.asking import Access
from tocsin.collect.step import collect_due
from tocsin.model import Source, SourceKind

NOW = datetime(2026, 3, 3, tzinfo=UTC)
WORDS = [
    *[
        "le",
        "service",
        "est",
        "en",
        "panne",
        "depuis",
        "ce",
        "matin",
        "et",
        "personne",
        "ne",
        "répond",
        "au",
        "téléphone,",
    ],
    *["the", "new", "bottle", "leaks,", "I", "want", "my", "money", "back,", "third", "time", "this", "month;"],
]


def posts(rows: int) -> Iterator[dict[str, str]]:
    """Give invented posts of 20 to 60 words, the same ones each time."""
    chance = random.Random(7)  # noqa: S311 - nothing secret
    for number in range(rows):
        at = NOW - timedelta(days=700) + timedelta(seconds=50 * number)
        text = " ".join(chance.choices(WORDS, k=chance.randint(20, 60)))
        yield {"id": str(number), "when": at.isoformat(), "said": text, "who": f"user{number % 9973}"}


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "when", "said", "who"])
        writer.writeheader()
        writer.writerows(posts(rows))


def write_jsonl(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(post, ensure_ascii=False) + "\n" for post in posts(rows))


def write_zst(path: Path, rows: int) -> None:
    import zstandard

    with zstandard.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(post, ensure_ascii=False) + "\n" for post in posts(rows))


def write_parquet(path: Path, rows: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in ("id", "when", "said", "who")])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        chunk: list[dict[str, str]] = []
        for post in posts(rows):
            chunk.append(post)
            if len(chunk) == 200_000:
                writer.write_table(pa.Table.from_pylist(chunk, schema))
                chunk = []
        writer.write_table(pa.Table.from_pylist(chunk, schema))


FORMS: dict[str, Callable[[Path, int], None]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "jsonl.zst": write_zst,
    "parquet": write_parquet,
}


async def collect(path: Path, folder: Path) -> int:
    """Read the whole file in one visit; give the number of rows that became items."""
    (folder / "map.yaml").write_text("{id: id, time: when, text: said, author: who}")
    source = Source("bench", SourceKind.FILE, str(path), columns=str(folder / "map.yaml"))
    with open_sqlite(f"{folder}/t.db") as stores:
        async with GuardedFetcher() as fetcher:
            collected = await collect_due(
                [source],
                states=stores.sources,
                fetcher=fetcher,
                archive=LocalArchive(),
                batches=FsspecBatches(f"{folder}/batches"),
                quarantine=stores.quarantine,
                reports=stores.reports,
                authors=Authors(lambda author, network: pseudonym(author, network, b"bench")),
                now=NOW,
                access=Access(patience=timedelta(hours=9)),
            )
    return collected.reports[0].counts["new"]


def child(path: Path) -> None:
    """Be the process that is measured."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        rows = asyncio.run(collect(path, Path(folder)))
        seconds = time.perf_counter() - started
    # Not getrusage: it counts what the parent had when it started us.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"rows": rows, "seconds": seconds, "peak": peak}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--forms", nargs="*", default=list(FORMS))
    parser.add_argument("--child", type=Path)
    told = parser.parse_args()
    if told.child:
        child(told.child)
        return
    for form in told.forms:
        for rows in (told.rows // 2, told.rows):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"posts.{form}"
                FORMS[form](path, rows)
                size = path.stat().st_size / 1e6
                command = [sys.executable, __file__, "--child", str(path)]
                found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
            rate = found["rows"] / found["seconds"]
            print(
                f"{form:10} {rows:>9} rows {size:6.0f} MB {rate:8.0f} rows/s  peak {found['peak']:4.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
