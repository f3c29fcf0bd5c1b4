"""The figures as a picture: each set a line, each figure a mark with its interval."""

from collections.abc import Sequence
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tocsin.evaluate.estimates import Estimate
from tocsin.evaluate.figures import ToneFigures

# Okabe and Ito's palette, which every kind of colour blindness tells apart; marks differ in form too.
_MARKS = (
    ("macro-F1", "o", "#0072b2"),
    ("negative recall", "^", "#d55e00"),
    ("negative precision", "s", "#009e73"),
    ("plain VADER, macro-F1", "x", "#757b85"),
)
_DPI = 150


def draw_figures(lines: Sequence[ToneFigures]) -> bytes:
    """Give the picture as PNG; the same figures give the same bytes."""
    figure = Figure(figsize=(8.6, 0.8 + 0.62 * len(lines)), dpi=_DPI, layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    for at, (name, mark, colour) in enumerate(_MARKS):
        for row, one in enumerate(lines):
            _draw(axes, row + (at - 1.5) * 0.17, _figure(one, at), (mark, colour), name if row == 0 else "")
    axes.set_yticks(range(len(lines)), [f"{one.set}\n{one.rows:,} texts, {one.language}" for one in lines])
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.grid(axis="x", alpha=0.3, linewidth=0.6)
    axes.tick_params(labelsize=8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.legend(loc="outside upper center", ncols=4, fontsize=8, frameon=False)
    picture = BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def _draw(axes: Axes, row: float, found: Estimate | None, style: tuple[str, str], name: str) -> None:
    if found is None:
        return
    mark, colour = style
    axes.plot([found.low, found.high], [row, row], color=colour, linewidth=1.4, alpha=0.7)
    axes.plot([found.value], [row], marker=mark, color=colour, markersize=5, linestyle="", label=name or None)


def _figure(one: ToneFigures, at: int) -> Estimate | None:
    return (one.macro_f1, one.negative_recall, one.negative_precision, one.plain_macro_f1)[at]
