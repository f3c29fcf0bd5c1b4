"""Labelled files are judged by the tools of live operation, and scored."""

from tocsin.wiring.evaluating.brands import BrandsResult, evaluate_brands
from tocsin.wiring.evaluating.enrich import evaluate_enrich, write_page, write_plot
from tocsin.wiring.evaluating.labelled import Progress, write_result
from tocsin.wiring.evaluating.language import LanguageResult, evaluate_language
from tocsin.wiring.evaluating.stories import StoriesResult, evaluate_stories
from tocsin.wiring.evaluating.tone import ToneFile, ToneResult, evaluate_tone

__all__ = [
    "BrandsResult",
    "LanguageResult",
    "Progress",
    "StoriesResult",
    "ToneFile",
    "ToneResult",
    "evaluate_brands",
    "evaluate_enrich",
    "evaluate_language",
    "evaluate_stories",
    "evaluate_tone",
    "write_page",
    "write_plot",
    "write_result",
]
