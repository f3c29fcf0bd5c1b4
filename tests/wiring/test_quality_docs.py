"""The docs' figures are those that were measured: the page and the record beside it agree to the letter."""

from pathlib import Path

import msgspec

from tocsin.evaluate.figures import Figures, in_markdown

DOCS = Path(__file__).resolve().parents[2] / "include" / "docs"


def test_the_page_shows_the_record() -> None:
    figures = msgspec.json.decode((DOCS / "quality.json").read_bytes(), type=Figures)
    page = (DOCS / "quality.md").read_text(encoding="utf-8")
    assert in_markdown(figures) in page, "run `tocsin evaluate enrich` as quality.md says"
    assert figures.missing == ()
