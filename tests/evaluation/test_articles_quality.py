"""Floors for the articles read off 181 real pages; `python benchmarks/articles.py` prints the figures."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.evaluation

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "articles.py"


@pytest.fixture(scope="module")
def figures(evaluation_data: Path) -> Any:
    spec = importlib.util.spec_from_file_location("benchmark_articles", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    return benchmark.measure(evaluation_data)


def test_the_text_of_articles(figures: Any) -> None:
    assert figures.pages == 181
    assert figures.f1 >= 0.95, figures
    assert figures.precision >= 0.935, figures


def test_dates_and_authors_are_found(figures: Any) -> None:
    assert figures.dates >= 177, figures
    assert figures.hours >= 160, figures
    assert figures.authors >= 150, figures
    assert figures.right >= figures.told - 1, figures
