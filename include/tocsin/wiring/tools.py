"""The tagger as the config wants it, the same for live operation and replay."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.collect.identity import pseudonym
from tocsin.config import Config
from tocsin.enrich.voices import Voices

if TYPE_CHECKING:  # spaCy and the language models cost seconds; only enriching pays them
    from tocsin.enrich.tagger import Tagger


def make_tagger(config: Config, key: bytes = b"", tone_models: str | None = None) -> "Tagger":
    """Build the brand matcher and the language tools for this config.

    `key` is the one that turns authors into pseudonyms; without it no author is ranked, only sites are. `tone_models`
    is what TOCSIN_TONE_MODELS says; a model that cannot be used is logged, and the rules go on.
    """
    from tocsin.enrich.entities import choose_models
    from tocsin.enrich.tagger import build_tagger
    from tocsin.enrich.tone import Thresholds, ToneReader
    from tocsin.wiring.tone_models import load_models

    limits = Thresholds(config.tone.negative, config.tone.positive)
    models = choose_models(config.languages, config.models)
    tones = ToneReader(limits, learnt=load_models(tone_models, config.languages))
    built = build_tagger(config.brands, config.languages, limits, models, config.crisis)
    return replace(built, voices=_voices(config, key), tones=tones)


def _voices(config: Config, key: bytes) -> Voices:
    """Authors stand in the config by name and in posts by pseudonym, so their names become pseudonyms too."""
    ranked = config.voices
    authors = {pseudonym(name, network, key): tier for (network, name), tier in ranked.authors.items()} if key else {}
    return Voices(ranked.sites, authors, ranked.large_from)
