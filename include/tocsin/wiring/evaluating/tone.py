"""A file of labelled texts is heard by the ear of live operation, and the tone scored."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.collect.read_file import ColumnMap, read_time
from tocsin.errors import BadItemError, PermanentError
from tocsin.evaluate.labels import Labels, number_of, read_labels
from tocsin.evaluate.tone import Judged, ToneScores, score_tone
from tocsin.model import Tone
from tocsin.wiring.evaluating.labelled import Labelled, Progress
from tocsin.wiring.tone_models import ToneModels, find_models

if TYPE_CHECKING:  # the language model costs half a second; only judging pays it
    from tocsin.evaluate.judging import Judge, ToneJudge

    MakeJudge = Callable[[Collection[str]], Judge]

LANGUAGES = ("fr", "en")
_WARMING = ("This is a text of some words.", "Voici un texte de quelques mots.")
"""Heard before the clock starts: lexicons load with the first text of their language."""


@dataclass(frozen=True, slots=True)
class ToneFile:
    """A file of texts with people's tones, and where in it they are; what is empty it does not have."""

    path: Path
    text: str = "text"
    label: str = "label"
    target: str = ""
    time: str = ""
    language: str = "auto"
    labels: str = ""
    encoding: str = ""
    only: tuple[str, str] = ("", "")
    author: str = ""
    models: str = ""
    """What TOCSIN_TONE_MODELS says; empty: the rules alone."""

    def open(self) -> Labelled:
        """Give the file's rows by option."""
        options = {"--text": self.text, "--label": self.label, "--target": self.target, "--time": self.time}
        options["--author"] = self.author
        columns = {option: (column,) for option, column in options.items() if column}
        return Labelled(self.path, columns, self.encoding, self.only)


@dataclass(frozen=True, slots=True)
class ToneResult:
    """What the judging of a file gave."""

    file: str
    labels: str
    """How the labels were read."""
    rows: Mapping[str, int]
    """`read` = `judged` + `other_label` + `no_text` + `other_part` + `broken`; and of those judged `no_time`,
    `no_target`, `target_not_found`."""
    other_labels: Mapping[str, int]
    problems: tuple[str, ...]
    tone: ToneScores
    heard_by: str = ""
    """The rules alone, or which models."""
    texts_per_second: float = field(default=0.0)


def evaluate_tone(file: ToneFile, progress: Progress, make_judge: "MakeJudge | None" = None) -> ToneResult:
    """Judge a file's texts and score the tone against its labels; by the ear of live operation, or by another.

    The file is read twice, and what is kept of a row is small: a million rows are no trouble. ConfigError,
    PermanentError: as `Labelled.rows`; also where no row has a label that we know.
    """
    look = look_at(file)
    labels = look.labels
    judge = make_judge(look.targets) if make_judge else _live_judge(file, look.targets)
    source, counts = file.open(), Counter({"other_label": 0, "no_text": 0})
    judge.hear(_WARMING, ("", ""))
    started = time.perf_counter()
    judged = list(_judge(source, labels, judge, counts, _counting(progress, look.rows)))
    seconds = time.perf_counter() - started
    return ToneResult(
        file=str(file.path),
        labels=labels.told,
        rows={**source.counts, "judged": len(judged), **counts},
        other_labels=look.others,
        problems=tuple(source.problems),
        tone=score_tone(judged),
        heard_by=_heard_by(file),
        texts_per_second=round(len(judged) / max(seconds, 1e-9), 1),
    )


@dataclass(frozen=True, slots=True)
class Look:
    """What a first reading of a file shows."""

    rows: int
    labels: Labels
    others: Mapping[str, int]
    """Labels that are none of ours, the most frequent first."""
    targets: frozenset[str]


def look_at(file: ToneFile) -> Look:
    """Read a file once for its labels and targets. ConfigError, PermanentError: as `evaluate_tone`."""
    source = file.open()
    values: Counter[str] = Counter()
    targets: set[str] = set()
    for row in source.rows():
        values[row["--label"].strip()] += 1
        targets.add(row.get("--target", "").strip())
    labels = read_labels(values, file.labels)
    others = {label: count for label, count in values.most_common() if labels.read(label) is None}
    if sum(others.values()) == values.total():
        listed = ", ".join(repr(label[:40]) for label, _ in values.most_common(10))
        raise PermanentError(
            f"{file.path}: no label in column {file.label!r} is negative, neutral or positive; it has: {listed}. "
            "Say what they mean by --labels, such as '0=negative,4=positive'"
        )
    return Look(source.counts["read"], labels, others, frozenset(targets))


def _live_judge(file: ToneFile, targets: Collection[str]) -> "ToneJudge":
    from tocsin.enrich.language import LanguageReader
    from tocsin.enrich.tone import Thresholds, ToneReader
    from tocsin.evaluate.judging import ToneJudge

    spoken = LanguageReader(LANGUAGES) if file.language == "auto" else file.language
    return ToneJudge(ToneReader(Thresholds(), learnt=_models(file).models), spoken, targets)


def _models(file: ToneFile) -> ToneModels:
    """Find the models. PermanentError: one cannot be used, and its figures would be those of the rules."""
    found = find_models(file.models, LANGUAGES)
    if found.troubles:
        raise PermanentError(f"TOCSIN_TONE_MODELS: {'; '.join(found.troubles.values())}")
    return found


def _heard_by(file: ToneFile) -> str:
    places = _models(file).places.values()
    return f"models {', '.join(map(str, places))}, else the rules" if places else "the rules alone"


def _counting(progress: Progress, total: int) -> Callable[[int], None]:
    return lambda done: progress(done, total)


def _judge(
    source: Labelled, labels: Labels, judge: "Judge", counts: Counter[str], progress: Callable[[int], None]
) -> Iterator[Judged]:
    """Judge some rows at a time; what is left out is counted."""
    for chunk in source.chunks():
        usable = list(usable_rows(chunk, labels, counts))
        heard = judge.hear([text for _, _, text in usable], [row.get("--target", "") for row, _, _ in usable])
        for (row, tone, _), said in zip(usable, heard, strict=True):
            if "--target" in row:
                counts["no_target"] += not row["--target"].strip()
                counts["target_not_found"] += not said.found
            yield Judged(
                tone, said.tone, said.compound, said.language, number_of(row["--label"]), time_of(row, counts)
            )
        progress(source.counts["read"])


def usable_rows(
    rows: Iterable[Mapping[str, str]], labels: Labels, counts: Counter[str]
) -> Iterator[tuple[Mapping[str, str], Tone, str]]:
    """Give the rows that have a label of ours and a text, with both."""
    from tocsin.evaluate.judging import readable

    for row in rows:
        tone, text = labels.read(row["--label"]), readable(row["--text"]).strip()
        if tone is not None and text:
            yield row, tone, text
        else:
            counts["other_label" if tone is None else "no_text"] += 1


def time_of(row: Mapping[str, str], counts: Counter[str]) -> datetime | None:
    """Read ISO 8601, seconds or milliseconds since 1970, or a date in French or English words; UTC."""
    if "--time" not in row:
        return None
    for words in (False, True):
        with suppress(BadItemError):
            return read_time(row["--time"], ColumnMap(time="--time", text="--text", time_words=words))
    counts["no_time"] += 1
    return None
