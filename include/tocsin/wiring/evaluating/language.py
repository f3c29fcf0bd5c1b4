"""A file of texts of known languages is read by the language reader of live operation, and scored."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tocsin.errors import PermanentError
from tocsin.evaluate.judging import readable
from tocsin.evaluate.language import LanguageScores, Spoken, count_words, read_language, score_language
from tocsin.wiring.evaluating.labelled import Labelled, Progress
from tocsin.wiring.evaluating.tone import LANGUAGES

TEXT = ("text", "texte", "sentence", "tweet", "content", "body", "message")
LANGUAGE = ("language", "lang", "langue", "label", "iso")


@dataclass(frozen=True, slots=True)
class LanguageResult:
    """What the reading of a file of texts gave."""

    file: str
    rows: Mapping[str, int]
    problems: tuple[str, ...]
    language: LanguageScores
    texts_per_second: float


def evaluate_language(path: Path, text: str, language: str, encoding: str, progress: Progress) -> LanguageResult:
    """Read the language of each text; columns that are not named are looked for by the usual names.

    ConfigError, PermanentError: as `Labelled.rows`; also where no row says its language.
    """
    from tocsin.enrich.language import LanguageReader

    columns = {"--text": (text,) if text else TEXT, "--language": (language,) if language else LANGUAGE}
    source, reader = Labelled(path, columns, encoding), LanguageReader(LANGUAGES)
    total = sum(1 for _ in source.rows())
    spoken: list[Spoken] = []
    counts = Counter({"no_label": 0, "no_text": 0})
    started = time.perf_counter()
    for chunk in source.chunks():
        for row in chunk:
            expected, said = read_language(row["--language"], LANGUAGES), readable(row["--text"]).strip()
            if expected is None or not said:
                counts["no_label" if expected is None else "no_text"] += 1
            else:
                spoken.append(Spoken(expected, reader.read(said), count_words(said)))
        progress(source.counts["read"], total)
    seconds = time.perf_counter() - started
    scores = score_language(spoken)
    if scores is None:
        raise PermanentError(f"{path}: no row has a text and its language")
    rows = {**source.counts, "judged": len(spoken), **counts}
    return LanguageResult(str(path), rows, tuple(source.problems), scores, round(len(spoken) / max(seconds, 1e-9), 1))
