"""The tagger as the config wants it, the same for live operation and replay."""

from typing import TYPE_CHECKING

from tocsin.config import Config

if TYPE_CHECKING:  # spaCy and the language models cost seconds; only enriching pays them
    from tocsin.enrich.tagger import Tagger


def make_tagger(config: Config) -> "Tagger":
    """Build the brand matcher and the language tools for this config."""
    from tocsin.enrich.entities import choose_models
    from tocsin.enrich.tagger import build_tagger
    from tocsin.enrich.tone import Thresholds

    limits = Thresholds(config.tone.negative, config.tone.positive)
    return build_tagger(config.brands, config.languages, limits, choose_models(config.languages, config.models))
