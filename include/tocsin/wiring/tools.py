"""The tagger as the config wants it, the same for live operation and replay."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.collect.identity import pseudonym
from tocsin.config import Config
from tocsin.enrich.voices import Voices

if TYPE_CHECKING:  # spaCy and the language models cost seconds; only enriching pays them
    from tocsin.enrich.tagger import Tagger


def make_tagger(config: Config, key: bytes = b"") -> "Tagger":
    """Build the brand matcher and the language tools for this config.

    `key` is the one that turns authors into pseudonyms; without it no author is ranked, only sites are.
    """
    from tocsin.enrich.entities import choose_models
    from tocsin.enrich.tagger import build_tagger
    from tocsin.enrich.tone import Thresholds

    limits = Thresholds(config.tone.negative, config.tone.positive)
    models = choose_models(config.languages, config.models)
    return replace(build_tagger(config.brands, config.languages, limits, models), voices=_voices(config, key))


def _voices(config: Config, key: bytes) -> Voices:
    """Authors stand in the config by name and in posts by pseudonym, so their names become pseudonyms too."""
    ranked = config.voices
    authors = {pseudonym(name, network, key): tier for (network, name), tier in ranked.authors.items()} if key else {}
    return Voices(ranked.sites, authors, ranked.large_from)
