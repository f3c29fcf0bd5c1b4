"""The record of all figures: its tables, its place in a page, its picture."""

import pytest

from tocsin.evaluate.brands import Matched, score_brands
from tocsin.evaluate.figures import (
    BEGIN,
    END,
    Figures,
    brand_figures,
    in_markdown,
    language_figures,
    pair_figures,
    tone_figures,
    written_into,
)
from tocsin.evaluate.language import Spoken, score_language
from tocsin.evaluate.plot import draw_figures
from tocsin.evaluate.stories import Pair, score_pairs
from tocsin.evaluate.tone import Judged, score_tone
from tocsin.model import Tone

NEG, NEU, POS = Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE
ROWS = [Judged(NEG, NEG, -0.5)] * 8 + [Judged(NEG, POS, 0.5)] * 2 + [Judged(POS, POS, 0.6)] * 10
PLAIN = [Judged(row.label, POS, 0.5) for row in ROWS]
FIGURES = Figures(
    tone=(tone_figures("Reviews", "fr", score_tone(ROWS), score_tone(PLAIN)),),
    language=language_figures(score_language([Spoken("fr", "fr", 4)])),
    stories=pair_figures("Pairs", score_pairs([Pair(True, True, 0.9), Pair(True, False, 0.2)])),
    brands=(brand_figures("Posts", score_brands([Matched("line 2", "", frozenset("a"), frozenset())], ["a"])),),
)


def test_the_tables_show_every_figure_with_its_interval() -> None:
    lines = in_markdown(FIGURES).splitlines()
    assert (lines[0], lines[-1]) == (BEGIN, END)
    (tone,) = [line for line in lines if line.startswith("| Reviews")]
    assert tone.startswith("| Reviews, negative or positive | fr | 20 | .900 (.699-.972) | .899 (")
    assert "| .800 (.490-.943) | 1.00 (.676-1.00) | .333 (" in tone
    assert "| 3 to 5 words | 1 | 1.00 (.206-1.00) | .000 (.000-.793) | .000 (.000-.793) |" in lines
    assert "| Pairs: pairs that we join are the same | 1 | 1.00 (.206-1.00) |" in lines
    assert "| Pairs: pairs that are the same are joined | 2 | .500 (.095-.905) |" in lines
    assert "| Posts | 1 | - | .000 (.000-.793) |" in lines


def test_a_page_is_written_between_its_marks_and_twice_is_once() -> None:
    page = f"# Head\n\n{BEGIN}\nold\n{END}\n\ntail\n"
    once = written_into(page, FIGURES)
    assert once.startswith(f"# Head\n\n{BEGIN}\n| tone |")
    assert once.endswith(f"{END}\n\ntail\n")
    assert "old" not in once
    assert written_into(once, FIGURES) == once
    with pytest.raises(ValueError, match="has no lines"):
        written_into("# Head", FIGURES)


def test_what_could_not_be_judged_has_no_figures() -> None:
    assert tone_figures("Reviews", "fr", score_tone([]), score_tone([])) is None


def test_the_same_figures_give_the_same_picture() -> None:
    assert draw_figures(FIGURES.tone)[:8] == b"\x89PNG\r\n\x1a\n"
    assert draw_figures(FIGURES.tone) == draw_figures(FIGURES.tone)
    worse = tone_figures("Reviews", "fr", score_tone(PLAIN), score_tone(PLAIN))
    assert draw_figures((worse,)) != draw_figures(FIGURES.tone)
