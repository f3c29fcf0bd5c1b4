"""Judge a labelled text by the very tools of live operation: read as a source's text is, heard by the same ear."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from tocsin.collect.clean import clean_text
from tocsin.enrich.harm import judge
from tocsin.enrich.language import LanguageReader
from tocsin.enrich.matching import BrandMatcher
from tocsin.enrich.passage import Passage
from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.model import Brand, Tone

_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


@dataclass(frozen=True, slots=True)
class Heard:
    """What we say of one text."""

    tone: Tone
    compound: float
    language: str
    found: bool = True
    """False: the target that was asked for is not in the text, so all of it was heard."""


def readable(raw: str) -> str:
    r"""Give a text as a source's would be kept: markup and entities resolved; literal \u2019 of bad exports too."""
    return clean_text(_ESCAPES.sub(_meant, raw) if "\\u" in raw else raw)


def _meant(escapes: re.Match[str]) -> str:
    """An emoji is two escapes, so what stands together is read together; half of one is dropped."""
    return bytes.fromhex(escapes[0].replace("\\u", "")).decode("utf-16-be", "ignore")


class Judge(Protocol):
    """Who hears texts."""

    def hear(self, texts: Sequence[str], targets: Sequence[str]) -> list[Heard]:
        """Judge each text, towards its target where it has one ("" has none)."""


class PlainVader:
    """What most people run, as a measure beside ours: VADER on the whole text in whatever language, cut at ±0.05."""

    def __init__(self) -> None:
        self._analyzer = SentimentIntensityAnalyzer()
        self._label = Thresholds().label

    def hear(self, texts: Sequence[str], targets: Sequence[str]) -> list[Heard]:  # noqa: ARG002 - as Judge
        """Judge each text as a whole; targets mean nothing to it."""
        found = (float(self._analyzer.polarity_scores(text)["compound"]) for text in texts)
        return [Heard(self._label(compound), compound, "") for compound in found]


class ToneJudge:
    """Hears texts in one language (ISO 639-1), or in the one that a LanguageReader finds in each."""

    def __init__(self, tones: ToneReader, language: str | LanguageReader, targets: Collection[str] = ()) -> None:
        self._tones = tones
        self._language = language
        named = sorted({target.strip() for target in targets} - {""})
        self._ids = {name: str(at) for at, name in enumerate(named)}
        self._matcher = BrandMatcher([Brand(id=self._ids[name], name=name) for name in named])

    def hear(self, texts: Sequence[str], targets: Sequence[str]) -> list[Heard]:
        """Judge each text, towards its target where it has one ("" has none): a name in it, found as a brand is."""
        found = self._matcher.find_all(texts) if self._ids else [()] * len(texts)
        heard = []
        for text, target, hits in zip(texts, targets, found, strict=True):
            wanted = self._ids.get(target.strip())
            language = self._language if isinstance(self._language, str) else self._language.read(text)
            if wanted is None:
                tone, compound = self._tones.read(text, language)
            else:
                tone, compound = self._towards(wanted, Passage(text, "", language, hits))
            is_found = wanted is None or any(hit.brand == wanted for hit in hits)
            heard.append(Heard(tone, compound, language, is_found))
        return heard

    def _towards(self, wanted: str, passage: Passage) -> tuple[Tone, float]:
        """Judge one target as a brand among the other targets that the text names."""
        named = dict.fromkeys((wanted, *(hit.brand for hit in passage.hits)))
        found = next(one for one in judge(passage, tuple(named), self._tones) if one.brand == wanted)
        return found.tone, found.compound
