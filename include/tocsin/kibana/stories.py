"""Charts of the mentions: stories and their copies, how they sound, where and by whom they are told."""

from tocsin.kibana import colours
from tocsin.kibana.columns import PERCENT, WHOLE, Column, by, count, latest, measure, over_time
from tocsin.kibana.formulas import Part, Total, change, documents, formula, ratio
from tocsin.kibana.lens import Chart, Drawn, Layer, Looks, heatmap, metric, table, xy
from tocsin.kibana.texts import Texts

FIRST = "not story.is_copy : true"
"""A story's first post. Asked as "not a copy", as a filter on this field must be asked everywhere."""
COPY = "story.is_copy : true"
NEGATIVE = "harmed : *"
"""What harms a brand, as detection counts it: a text may sound bad and harm none, or damn one brand of two."""
NEGATIVE_COPY = f"{NEGATIVE} and {COPY}"
NEGATIVE_FIRST = f"{NEGATIVE} and {FIRST}"
KNOWN_FIRST = f'not tone : "unknown" and {FIRST}'
SIGNED = 'user.hash : * and not user.hash : ""'

SHARE = ratio(documents(NEGATIVE_FIRST), documents(KNOWN_FIRST))
SHARE_BEFORE = ratio(documents(NEGATIVE_FIRST, "1w"), documents(KNOWN_FIRST, "1w"))
RISE = colours.steps(("#ffffff", colours.ALARM[1], colours.ALARM[2]), (0, 0.2, 0.5))
MUCH = colours.steps(("#ffffff", colours.ALARM[0], colours.ALARM[1], colours.ALARM[2]), (0, 0.2, 0.4, 0.6))


def tones(t: Texts) -> tuple[Column, ...]:
    """One count per tone, always in the same order: negative at the bottom."""
    return tuple(count(tone, t(f"tone={tone}"), f'tone : "{tone}"') for tone in colours.TONES)


def tones_over_time(t: Texts) -> Chart:
    """Posts by tone, step by step, copies included."""
    layer = Layer("l", "mentions", (over_time("t", t("time")), *tones(t)))
    return xy(Drawn(layer, "bar_stacked", "t", colours.TONES))


def tones_by(t: Texts, field: str, *, share: bool = False, size: int = 10) -> Chart:
    """Posts by tone of each value of a field, those with most posts first; `share` shows parts of a whole."""
    everything = count("all", t("posts_all"))
    split = by("by", t(field), field, size=size, most="all")
    layer = Layer("l", "mentions", (split, *tones(t), everything))
    shape = "bar_horizontal_percentage_stacked" if share else "bar_horizontal_stacked"
    return xy(Drawn(layer, shape, "by", colours.TONES))


def deciding_words(t: Texts) -> Chart:
    """The words that decided most often that a post harms a brand, as bars."""
    word = by("word", t("harm.words"), "harm.words", size=15, most="n")
    layer = Layer("l", "mentions", (word, count("n", t("negative_posts"), NEGATIVE)))
    return xy(Drawn(layer, "bar_horizontal", "word", {"n": colours.NEGATIVE}), legend="")


def brands_of_the_week(t: Texts) -> Chart:
    """Each brand's stories, share of voice, negative share, copies, and the change since the week before.

    Every column is a formula: Kibana refuses plain columns beside a shifted one when rows are a field's values.
    """
    stories = documents(FIRST)
    columns = (
        by("brand", t("brand_name"), "brand_name", size=1000),
        formula("stories", t("stories"), stories, WHOLE),
        formula("voice", t("voice"), ratio(stories, Total(stories)), PERCENT),
        formula("share", t("negative_share"), SHARE, PERCENT),
        formula("change", t("change"), change(stories, "1w"), PERCENT),
        formula("worse", t("change_negative"), change(documents(NEGATIVE_FIRST), "1w"), PERCENT),
        formula("copies", t("copies"), documents(COPY), WHOLE),
    )
    looks = {"share": Looks(palette=MUCH), "worse": Looks(palette=RISE)}
    return table(Layer("l", "mentions", columns), looks, sort="stories")


def week_tile(t: Texts, name: str, now: Part | None = None) -> Chart:
    """A number of this time with that of the week before below it; without `now`, the negative share."""
    if now is None:
        pair = (formula("m", t(name), SHARE, PERCENT), formula("p", t("before"), SHARE_BEFORE, PERCENT))
    else:
        before = Part(now.operation, now.field, now.kql, "1w")
        pair = (formula("m", t(name), now, WHOLE), formula("p", t("before"), before, WHOLE))
    return metric(Layer("l", "mentions", pair), second=t("before"))


def change_tile(t: Texts) -> Chart:
    """How many more negative stories than the week before."""
    rise = change(documents(NEGATIVE_FIRST), "1w")
    return metric(Layer("l", "mentions", (formula("m", t("change_negative"), rise, PERCENT),)))


def tile(t: Texts, name: str, kql: str) -> Chart:
    """How many posts `kql` finds."""
    return metric(Layer("l", "mentions", (count("m", t(name), kql),)))


def authors_tile(t: Texts) -> Chart:
    """How many people signed the posts that harm a brand."""
    authors = measure("m", t("authors"), "unique_count", "user.hash", kql=f"{NEGATIVE} and {SIGNED}", form=WHOLE)
    return metric(Layer("l", "mentions", (authors,)))


def when(t: Texts) -> Chart:
    """Posts by hour and weekday of the team's time zone."""
    columns = (
        by("hour", t("local.hour"), "local.hour", size=24),
        by("day", t("local.weekday"), "local.weekday", size=7),
        count("n", t("posts_all")),
    )
    return heatmap(Layer("l", "mentions", columns), colours.steps(colours.AMOUNT, (0, 25, 50, 75), "percent"))


def top_stories(t: Texts, *, harmful: bool = False, rows: int = 10) -> Chart:
    """The most copied stories: title and link of its latest post, how many copies; if `harmful`, by which words."""
    columns = (
        by("story", t("story.id"), "story.id", size=25, most="n"),
        latest("title", t("headline"), "headline"),
        *((latest("words", t("harm.words"), "harm.words"),) if harmful else ()),
        latest("url", t("url.full"), "url.full"),
        count("n", t("posts_all")),
        count("copies", t("copies"), COPY),
        measure("authors", t("authors"), "unique_count", "user.hash", kql=SIGNED, form=WHOLE),
        measure("sites", t("sites"), "unique_count", "url.domain", form=WHOLE),
        measure("audience", t("user.audience"), "max", "user.audience", form=WHOLE),
        measure("first", t("first_seen"), "min", "@timestamp", kind="date"),
    )
    looks = {"story": Looks(hidden=True), "title": Looks(width=360 if harmful else 460)}
    kql = NEGATIVE if harmful else ""
    return table(Layer("l", "mentions", columns), looks, sort="n", rows=rows, kql=kql)


def speakers(t: Texts, field: str) -> Chart:
    """Who tells it most: authors (as pseudonyms) or sites, with how many posts and how many negative ones."""
    columns = (
        by("who", t(field), field, size=50, most="negative"),
        count("negative", t("negative_posts"), NEGATIVE),
        count("n", t("posts_all")),
        measure("stories", t("stories_told"), "unique_count", "story.id", form=WHOLE),
        measure("last", t("last_seen"), "max", "@timestamp", kind="date"),
    )
    return table(Layer("l", "mentions", columns), {}, sort="negative", kql=SIGNED if field == "user.hash" else "")


def posts_by_source(t: Texts) -> Chart:
    """What each source brought, and when its last post was published."""
    columns = (
        by("source", t("source_id"), "source_id", size=200, most="n"),
        count("n", t("posts_all")),
        count("negative", t("negative_posts"), NEGATIVE),
        measure("last", t("last_seen"), "max", "@timestamp", kind="date"),
        measure("found", t("event.created"), "max", "event.created", kind="date"),
    )
    return table(Layer("l", "mentions", columns), {}, sort="n")
