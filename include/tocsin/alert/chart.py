"""Draw the last 24 hours as a small PNG that reads on a phone: what was counted beside what is usual."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tocsin.alert.speech import Speech
from tocsin.model import Point

WIDTH, HEIGHT, DPI = 360, 220, 200
"""Size on the phone in CSS pixels, drawn at twice that."""
# Okabe and Ito's palette tells these apart for every kind of colour blindness. The ink is a grey that reads on white
# as well as on the dark background of a phone at night: the picture itself is transparent.
STORM, BEFORE, USUAL, INK = "#d55e00", "#9aa0a8", "#0a84c8", "#757b85"


@lru_cache(maxsize=32)
def draw_chart(points: tuple[Point, ...], since: datetime, speech: Speech) -> bytes:
    """Give the chart as PNG, bars from the onset on in colour; the same values give the same bytes.

    `points` are hours, oldest first; none of them gives no bytes.
    """
    if not points:
        return b""
    figure = Figure(figsize=(WIDTH * 2 / DPI, HEIGHT * 2 / DPI), dpi=DPI, facecolor="none")
    axes = figure.add_axes((0.085, 0.14, 0.9, 0.72), facecolor="none")
    _draw_bars(axes, points, since)
    _draw_usual(axes, points, speech)
    _draw_frame(axes, points, speech)
    picture = BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def _draw_bars(axes: Axes, points: Sequence[Point], since: datetime) -> None:
    storm = [point.at + timedelta(hours=1) > since for point in points]
    colours = [STORM if hit else BEFORE for hit in storm]
    axes.bar(range(len(points)), [point.observed for point in points], width=0.82, color=colours)


def _draw_usual(axes: Axes, points: Sequence[Point], speech: Speech) -> None:
    edges = [index - 0.5 for index in range(len(points) + 1)]
    axes.stairs([point.usual for point in points], edges, baseline=None, color=USUAL, linewidth=1.6)
    top = max(point.usual for point in points[:8])
    axes.annotate(
        speech.say("chart_usual"), (-0.4, top), xytext=(0, 3), textcoords="offset points", color=USUAL, fontsize=8
    )


def _draw_frame(axes: Axes, points: Sequence[Point], speech: Speech) -> None:
    ticks = six_o_clocks([point.at for point in points], speech.zone)
    axes.set_xticks(list(ticks), list(ticks.values()))
    highest = max(max(point.observed, point.usual) for point in points)
    axes.set_xlim(-0.6, len(points) - 0.4)
    axes.set_ylim(0, max(highest * 1.12, 1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.grid(axis="y", color=INK, alpha=0.25, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=8, length=2, width=0.5)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.set_title(speech.say("chart_title"), loc="left", color=INK, fontsize=8.4, pad=5, x=-0.075)


def six_o_clocks(hours: Sequence[datetime], zone: tzinfo) -> dict[float, str]:
    """Where midnight, six, noon and eighteen o'clock lie on the axis, whose bar `i` spans i - 0.5 to i + 0.5.

    Bars are counted back from the watermark, so they seldom begin on the hour. At the edges a label would be cut.
    """
    ticks = {}
    for index, start in enumerate(hours):
        wait = -start.astimezone(zone).minute % 60
        clock = (start + timedelta(minutes=wait)).astimezone(zone)
        place = index - 0.5 + wait / 60
        if clock.hour % 6 == 0 and 0.5 <= place <= len(hours) - 1.5:
            ticks[place] = f"{clock:%H:%M}"
    return ticks
