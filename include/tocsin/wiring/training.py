"""A model of tone is trained on a labelled file, validated, and written with its card beside it."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from tocsin.enrich.language import LanguageReader
from tocsin.enrich.model import ToneModel
from tocsin.enrich.model_features import Features, features_of, heard_text, rules_mark
from tocsin.enrich.model_file import to_bytes
from tocsin.enrich.model_training import fit
from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.errors import ConfigError, PermanentError
from tocsin.evaluate.folds import copies_of, with_authors
from tocsin.evaluate.model_card import Facts, model_card, telling_words
from tocsin.evaluate.tone import Judged, said
from tocsin.evaluate.validation import Labelled, Validated, validate
from tocsin.model import Tone
from tocsin.wiring.evaluating.tone import LANGUAGES, Look, ToneFile, look_at, time_of, usable_rows

Say = Callable[[str], None]
"""Is told what is being done."""

FEWEST, FEWEST_OF_A_CLASS = 60, 15
"""Texts below which nothing is learnt that would hold."""


class Example(NamedTuple):
    """One labelled text."""

    text: str
    label: Tone
    author: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Source:
    """The file, its labels, and what of it is not learnt from."""

    file: ToneFile
    look: Look
    left_out: Counter[str]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that was written, and what is to be told of it."""

    model: Path
    card: Path
    facts: Facts


def train_tone(file: ToneFile, out: Path, now: datetime, say: Say) -> tuple[Trained, ...]:
    """Train one model per language of the file into `out`, `tone-en.npz` and so on, each with its card.

    `now` stands on the card only: the same file gives the same model, to the byte. ConfigError, PermanentError: as
    `evaluate_tone`, `out` cannot be written, or there are too few texts of each language and class.
    """
    look = look_at(file)
    say("reading the file")
    left_out = Counter({"other_label": 0, "no_text": 0})
    examples = _read(file, look, left_out)
    _check_folder(out)
    trained, small = [], []
    for language, found in examples.items():
        if problem := _too_few(found):
            small.append(f"{language}: {problem}")
            left_out[f"too few in {language}"] += len(found)
            continue
        trained.append(_train(language, found, _Source(file, look, left_out), out, now, say))
    if not trained:
        why = "; ".join(small) or "none is French or English"
        raise PermanentError(f"{file.path}: too few texts to learn from; {why}")
    return tuple(trained)


def _read(file: ToneFile, look: Look, left_out: Counter[str]) -> dict[str, list[Example]]:
    """Give the usable rows by language, in the order of the file."""
    reader = LanguageReader(LANGUAGES) if file.language == "auto" else None
    found: dict[str, list[Example]] = {language: [] for language in LANGUAGES}
    source = file.open()
    for chunk in source.chunks():
        for row, label, text in usable_rows(chunk, look.labels, left_out):
            language = reader.read(text) if reader else file.language
            if language in found:
                example = Example(text, label, row.get("--author", "").strip(), time_of(row, left_out))
                found[language].append(example)
            else:
                left_out["another_language"] += 1
    left_out["broken"] += source.counts["broken"]
    left_out["other_part"] += source.counts["other_part"]
    return {language: examples for language, examples in found.items() if examples}


def _too_few(examples: Sequence[Example]) -> str:
    """Say what is missing to learn from; empty where nothing is."""
    counts = Counter(example.label for example in examples)
    classes = [tone for tone, count in counts.items() if count >= FEWEST_OF_A_CLASS]
    if len(examples) >= FEWEST and len(classes) == len(counts) >= 2:
        return ""
    told = ", ".join(f"{count} {tone}" for tone, count in counts.most_common())
    return f"{told}, and {FEWEST} texts of two classes with {FEWEST_OF_A_CLASS} each are needed"


def _train(
    language: str, examples: Sequence[Example], source: _Source, out: Path, now: datetime, say: Say
) -> Trained:
    tones = ToneReader(Thresholds())
    say(f"{language}: {len(examples):,} texts become numbers")
    found = _labelled(language, examples, tones)

    def learn(features: Features, labels: Sequence[Tone]) -> ToneModel:
        return fit(features, labels, language)

    validated = validate(found, learn, lambda told: say(f"{language}: {told}"))
    if validated is None:
        raise PermanentError(f"{language}: all texts are by one author or copies, so nothing can be held out to test")
    say(f"{language}: learning from all texts")
    model = replace(
        learn(found.features, found.labels),
        temperature=validated.calibration.temperature,
        rules_mark=rules_mark(language, tones),
    )
    return _keep(model, _facts(model, examples, source, validated, now), out)


def _facts(
    model: ToneModel, examples: Sequence[Example], source: _Source, validated: Validated, now: datetime
) -> Facts:
    """Give what the card tells."""
    counts = Counter(example.label for example in examples)
    return Facts(
        language=model.language,
        source=source.file.path.name,
        source_sha256=hashlib.sha256(source.file.path.read_bytes()).hexdigest(),
        labels=source.look.labels.told,
        rows={str(tone): counts[tone] for tone in model.classes},
        left_out=dict(source.left_out),
        grouped_by="near-copies and authors" if source.file.author else "near-copies",
        span=_span(examples),
        trained_at=now.astimezone(UTC),
        version=version("tocsin"),
        validated=validated,
        telling=telling_words(model, [heard_text(one.text) for one in examples]),
        model_sha256=hashlib.sha256(to_bytes(model)).hexdigest(),
    )


def _keep(model: ToneModel, facts: Facts, out: Path) -> Trained:
    """Write the model and its card."""
    written = Trained(out / f"tone-{model.language}.npz", out / f"tone-{model.language}.md", facts)
    _write(written.model, to_bytes(model))
    _write(written.card, model_card(facts).encode())
    return written


def _labelled(language: str, examples: Sequence[Example], tones: ToneReader) -> Labelled:
    texts = [one.text for one in examples]
    copies = copies_of(texts)
    by_sign = not any(one.label is Tone.NEUTRAL for one in examples)
    rules = (said(Judged(one.label, *tones.read(one.text, language)), by_sign) for one in examples)
    times = [one.at for one in examples if one.at is not None]
    return Labelled(
        features=features_of([heard_text(text) for text in texts], language, tones),
        labels=tuple(one.label for one in examples),
        rules=tuple(rules),
        copies=copies,
        groups=with_authors(copies, [one.author for one in examples]),
        times=tuple(times) if len(times) == len(examples) else (),
    )


def _span(examples: Sequence[Example]) -> tuple[datetime, datetime] | None:
    times = [one.at for one in examples if one.at is not None]
    return (min(times), max(times)) if times else None


def _check_folder(out: Path) -> None:
    """Say before the work that its result cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigError(f"cannot write models to {out}: {exc.strerror or exc}") from exc
    if not os.access(out, os.W_OK):
        raise ConfigError(f"cannot write models to {out}: no right to")


def _write(path: Path, content: bytes) -> None:
    """Put the file in place whole: enrichment may be loading the one before it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
