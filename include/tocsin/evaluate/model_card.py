"""What a trained model was made of and how well it does, as a page that lies beside it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from tocsin.enrich.model import ToneModel
from tocsin.enrich.model_features import bucket_of, tokens
from tocsin.enrich.model_training import HOLD_BACK, OFTEN
from tocsin.evaluate.confusion import Scores
from tocsin.evaluate.estimates import Estimate, shown
from tocsin.evaluate.validation import Calibration, Comparison, Validated
from tocsin.model import Tone

TELLING = 12
SEEN = 5
"""Texts that a word must stand in to be shown on the card."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a card says of one model."""

    language: str
    source: str
    source_sha256: str
    labels: str
    """How labels were read."""
    rows: Mapping[str, int]
    """Rows learnt from, by class."""
    left_out: Mapping[str, int]
    grouped_by: str
    span: tuple[datetime, datetime] | None
    trained_at: datetime
    version: str
    validated: Validated
    telling: Mapping[str, tuple[str, ...]]
    model_sha256: str


def telling_words(model: ToneModel, texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give for each class the words that speak most for it, of those that stand in SEEN texts or more."""
    often = Counter(word for text in texts for word in set(tokens(text)))
    words = sorted(word for word, count in often.items() if count >= SEEN and word[0].isalpha())
    place = {int(bucket): at for at, bucket in enumerate(model.buckets)}
    known = [(word, place[bucket_of(word)]) for word in words if bucket_of(word) in place]
    weights = model.weights - model.weights.mean(axis=0)
    return {
        str(tone): tuple(word for word, at in sorted(known, key=lambda pair: -weights[one, pair[1]])[:TELLING])
        for one, tone in enumerate(model.classes)
        if np.any(weights[one] > 0)
    }


def model_card(facts: Facts) -> str:
    """Write the card as Markdown; the same facts give the same text."""
    return "\n".join(
        [*_head(facts), "", *_validation(facts), "", *_calibration(facts.validated.calibration), *_rest(facts), ""]
    )


def _head(facts: Facts) -> Iterator[str]:
    rows = ", ".join(f"{count:,} {name}" for name, count in facts.rows.items())
    out = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in facts.left_out.items() if count)
    yield f"# Model of tone: {facts.language}"
    yield ""
    yield from ("| | |", "|---|---|")
    yield f"| learnt from | {facts.source}, SHA-256 `{facts.source_sha256}` |"
    yield f"| texts | {sum(facts.rows.values()):,}: {rows} |"
    yield f"| left out | {out or 'none'} |"
    yield f"| labels | {facts.labels} |"
    if facts.span:
        yield f"| written | {facts.span[0]:%Y-%m-%d} to {facts.span[1]:%Y-%m-%d} |"
    yield f"| trained | {facts.trained_at:%Y-%m-%d %H:%M} UTC by Tocsin {facts.version} |"
    yield f"| what it is | multinomial logistic regression on hashed words, word pairs and runs of letters, and the rules' own numbers; L2 {HOLD_BACK:g}, n-grams of at least {OFTEN} texts |"  # noqa: E501 - one line of a table
    yield f"| model | SHA-256 `{facts.model_sha256}` |"


def _validation(facts: Facts) -> Iterator[str]:
    yield "## How well it does on texts that it did not learn from"
    yield ""
    yield f"{facts.validated.groups:,} groups of {facts.grouped_by}; no group is on both sides. Brackets hold 95 %."
    for name, found in validations(facts.validated):
        yield ""
        yield f"### {name}: {found.rows:,} texts"
        yield ""
        yield from ("| | model | rules alone |", "|---|---|---|")
        yield f"| accuracy | {shown(found.model.accuracy)} | {shown(found.rules.accuracy)} |"
        yield f"| macro-F1 | {shown(found.model.macro_f1)} | {shown(found.rules.macro_f1)} |"
        for tone in found.model.given:
            for part in ("recall", "precision"):
                cells = " | ".join(shown(_part(scores, tone, part)) for scores in (found.model, found.rules))
                yield f"| {tone} {part} | {cells} |"
        yield ""
        yield f"Gain in macro-F1 {shown(found.gain)}: {verdict(found.gain)}."


def validations(found: Validated) -> Iterator[tuple[str, Comparison]]:
    """Give each comparison with how its texts were held out."""
    yield "Held out by groups, each text once", found.by_groups
    if found.by_time:
        yield "The last 30 % by time, by a model of what was before", found.by_time


def verdict(gain: Estimate) -> str:
    """Say in words whether training was worth it."""
    if gain.low > 0:
        return "training helps"
    return "the rules alone do better" if gain.high < 0 else "no difference that chance could not make"


def _part(scores: Scores, tone: str, part: str) -> Estimate | None:
    found = scores.of(tone)
    return found.recall if part == "recall" else found.precision


def _calibration(calibration: Calibration) -> Iterator[str]:
    yield "## Whether its probabilities hold"
    yield ""
    yield (
        f"Expected calibration error {calibration.after:.3f} at temperature {calibration.temperature:g} "
        f"({calibration.before:.3f} without); measured on texts that neither model nor temperature learnt from."
    )
    yield ""
    yield from ("| texts | said | were so |", "|---|---|---|")
    for one in calibration.bins:
        yield f"| {one.rows:,} | {one.said:.2f} | {one.were:.2f} |"


def _rest(facts: Facts) -> Iterator[str]:
    yield from ("", "## Words that speak most for each tone", "")
    for tone, words in facts.telling.items():
        yield f"- {tone}: {', '.join(words) or 'none'}"
    yield ""
    yield "Names of people, places or one event among them mean that it learnt this file and not the tone."
    yield from ("", "## Limits", "")
    yield f"- It reads {facts.language} only, of the kind of text that it learnt from: reviews say nothing of tweets."
    if Tone.NEUTRAL not in facts.rows:
        yield "- No text was neutral, so it calls none neutral."
    yield "- People's labels are its truth, with their errors. Who is harmed it does not know: rules judge that."
    yield "- This page shows words of the file it learnt from; share it as you may share the file."
