"""Charts of the series: what was counted against the usual, how unusual that was, and how much we could see."""

from tocsin.kibana import colours
from tocsin.kibana.columns import ONE_DECIMAL, PERCENT, WHOLE, Column, by, count, measure, over_time
from tocsin.kibana.formulas import Maths, Part, formula
from tocsin.kibana.lens import Chart, Drawn, Layer, Looks, heatmap, metric, table, xy
from tocsin.kibana.texts import Texts

WATCH = 3.0
CRITICAL = 4.3
"""The scores from which detection says so, once a brand has three days of history."""

SCORE = colours.steps(colours.ALARM, (0, WATCH / 2, WATCH, CRITICAL))
SEEN = colours.steps((colours.ALARM[2], colours.ALARM[1], "#ffffff"), (0, 0.5, 0.95))


def against_usual(t: Texts) -> Chart:
    """New negative stories per hour over the band of the usual, with the bar for critical and the onsets."""
    band = _every_brand(
        t, "band", ("low", "band_low", Part("average", "hour.lower")), ("high", "band", _width("hour.upper"))
    )
    lines = _every_brand(
        t,
        "lines",
        ("usual", "usual", Part("average", "hour.usual")),
        ("critical", "bar", Part("average", "hour.critical")),
        ("counted", "counted_hour", Part("average", "hour.counted")),
    )
    onsets = Layer("onset", "incidents", (over_time("to", t("time"), "since", empty=False), count("on", t("onset"))))
    hidden_axis = {
        "fillOpacity": 0.35,
        "yRightExtent": {"mode": "custom", "lowerBound": 0, "upperBound": 1},
        "tickLabelsVisibilitySettings": {"x": True, "yLeft": True, "yRight": False},
        "gridlinesVisibilitySettings": {"x": False, "yLeft": True, "yRight": False},
    }
    return xy(
        Drawn(band, "area_stacked", "tband", {"low": colours.NOTHING, "high": colours.BAND}),
        Drawn(
            lines,
            "line",
            "tlines",
            {"usual": colours.USUAL, "critical": colours.BAR, "counted": colours.NEGATIVE},
        ),
        Drawn(onsets, "bar", "to", {"on": colours.ONSET}, axis="right"),
        legend="right",
        extra=hidden_axis,
    )


def _width(upper: str) -> Maths:
    """How far the band reaches above its lower edge, on which it is stacked."""
    return Maths("subtract", Part("average", upper), Part("average", "hour.lower"))


def _every_brand(t: Texts, name: str, *drawn: tuple[str, str, Part | Maths]) -> Layer:
    """Averages per hour, added up over the brands that are shown: (column, label, what), no step without documents.

    A document is one brand in five minutes, so the average of all times the number of brands is their sum.
    """
    brands = Part("unique_count", "brand_name")
    columns = [
        formula(column, t(label), Maths("multiply", what, brands), ONE_DECIMAL) for column, label, what in drawn
    ]
    return Layer(name, "series", (over_time(f"t{name}", t("time"), empty=False), *columns))


def brands_now(t: Texts) -> Chart:
    """Each brand with its counts, its usual and how unusual that was, the most unusual first."""
    columns = (
        by("brand", t("brand_name"), "brand_name", size=100, most="score"),
        measure("counted", t("counted"), "sum", "counted", form=WHOLE),
        measure("peak", t("peak_hour"), "max", "hour.counted", form=ONE_DECIMAL),
        measure("usual", t("usual"), "average", "hour.usual", form=ONE_DECIMAL),
        measure("upper", t("hour.upper"), "average", "hour.upper", form=ONE_DECIMAL),
        measure("score", t("peak_score"), "max", "score", form=ONE_DECIMAL),
        measure("coverage", t("coverage"), "average", "coverage", form=PERCENT),
    )
    looks = {"score": Looks(palette=SCORE), "coverage": Looks(palette=SEEN)}
    return table(Layer("l", "series", columns), looks, sort="score")


def brands_by_stories(t: Texts) -> Chart:
    """New negative stories of each brand as bars: where a click leads on to the brand."""
    counted = measure("counted", t("counted"), "sum", "counted", form=WHOLE)
    layer = Layer("l", "series", (by("brand", t("brand_name"), "brand_name", most="counted"), counted))
    return xy(Drawn(layer, "bar_horizontal", "brand", {"counted": colours.NEGATIVE}), legend="")


def scores(t: Texts) -> Chart:
    """How unusual each brand was, step by step."""
    score = measure("score", t("score"), "max", "score", form=ONE_DECIMAL)
    brand = by("brand", t("brand_name"), "brand_name", most="score")
    return heatmap(Layer("l", "series", (over_time("t", t("time"), empty=False), brand, score)), SCORE)


def coverage_over_time(t: Texts, *, exempt: bool = False) -> Chart:
    """Share of the sources that answered, step by step; from 0 to all of them."""
    coverage = measure("coverage", t("coverage"), "average", "coverage", form=PERCENT)
    layer = Layer("l", "series", (over_time("t", t("time"), empty=False), coverage), exempt)
    whole = {"fillOpacity": 0.3, "yLeftExtent": {"mode": "custom", "lowerBound": 0, "upperBound": 1}}
    return xy(Drawn(layer, "area", "t", {"coverage": colours.POSITIVE}), legend="", extra=whole)


def one_number(
    column: Column, *, exempt: bool = False, view: str = "series", colour: str = "", kql: str = ""
) -> Chart:
    """One number on a tile."""
    return metric(Layer("l", view, (column,), exempt), colour=colour, kql=kql)


def highest_score(t: Texts) -> Chart:
    """The highest score, coloured by whether it calls for watching or is critical."""
    score = measure("score", t("peak_score"), "max", "score", form=ONE_DECIMAL)
    return metric(Layer("l", "series", (score,)), palette=SCORE)


def coverage_now(t: Texts) -> Chart:
    """Share of the sources that answered, on average, with the lowest it was."""
    columns = (
        measure("coverage", t("coverage"), "average", "coverage", form=PERCENT),
        measure("lowest", t("lowest"), "min", "coverage", form=PERCENT),
    )
    return metric(Layer("l", "series", columns), second=t("lowest"))
