"""A file of pairs of texts is judged by the book of stories, and scored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tocsin.errors import PermanentError
from tocsin.evaluate.judging import readable
from tocsin.evaluate.stories import Pair, PairScores, judge_pair, read_same, score_pairs
from tocsin.wiring.evaluating.labelled import Labelled, Progress


@dataclass(frozen=True, slots=True)
class StoriesResult:
    """What the judging of a file of pairs gave."""

    file: str
    rows: Mapping[str, int]
    other_labels: Mapping[str, int]
    problems: tuple[str, ...]
    pairs: PairScores


def evaluate_stories(path: Path, columns: tuple[str, str, str], encoding: str, progress: Progress) -> StoriesResult:
    """Judge each pair of texts (columns of the one, the other, and whether they are the same).

    ConfigError, PermanentError: as `Labelled.rows`; also where no row says whether its texts are the same.
    """
    options = {option: (column,) for option, column in zip(("--text1", "--text2", "--same"), columns, strict=True)}
    source = Labelled(path, options, encoding)
    total = sum(1 for _ in source.rows())
    pairs: list[Pair] = []
    others, counts = Counter[str](), Counter({"no_text": 0})
    for chunk in source.chunks():
        pairs += _judged(chunk, others, counts)
        progress(source.counts["read"], total)
    scores = score_pairs(pairs)
    if scores is None and counts["no_text"]:
        raise PermanentError(f"{path}: no row has both texts")
    if scores is None:
        listed = ", ".join(repr(word[:40]) for word, _ in others.most_common(10))
        raise PermanentError(f"{path}: column {columns[2]!r} says nowhere 1 or 0 (or yes or no); it has: {listed}")
    rows = {**source.counts, "judged": len(pairs), "other_label": others.total(), **counts}
    return StoriesResult(str(path), rows, dict(others.most_common()), tuple(source.problems), scores)


def _judged(rows: Iterable[Mapping[str, str]], others: Counter[str], counts: Counter[str]) -> Iterator[Pair]:
    """Judge the rows that have two texts and say whether they are the same; what is left out is counted."""
    for row in rows:
        same, texts = read_same(row["--same"]), (readable(row["--text1"]), readable(row["--text2"]))
        if same is None:
            others[row["--same"].strip()] += 1
        elif not all(texts):
            counts["no_text"] += 1
        else:
            yield judge_pair(*texts, same)
