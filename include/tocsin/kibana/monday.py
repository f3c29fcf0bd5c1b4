"""The dashboard Monday: what the week was like, to be read in five minutes before the meeting."""

from tocsin.kibana import states, stories
from tocsin.kibana.columns import Json
from tocsin.kibana.dashboards import Times, dashboard, ways
from tocsin.kibana.formulas import documents
from tocsin.kibana.panels import chart, lay_out, markdown
from tocsin.kibana.texts import Texts


def monday(t: Texts) -> Json:
    """The last seven whole days: Monday to Sunday on a Monday, whichever day Kibana lets weeks begin with."""
    new, negative = documents(stories.FIRST), documents(stories.NEGATIVE_FIRST)
    panels = lay_out(
        (3, [(48, ways(t, "monday"))]),
        (
            6,
            [
                (10, chart(t, "stories", "stories", stories.week_tile(t, "stories", new))),
                (10, chart(t, "negative", "negative_stories", stories.week_tile(t, "negative_stories", negative))),
                (10, chart(t, "share", "negative_share", stories.week_tile(t, "negative_share"))),
                (9, chart(t, "change", "change_negative", stories.change_tile(t))),
                (9, chart(t, "incidents", "p_incidents_tile", states.incidents_tile(t))),
            ],
        ),
        (
            13,
            [
                (30, chart(t, "voice", "p_voice", stories.brands_of_the_week(t))),
                (
                    18,
                    chart(
                        t, "tones", "p_tone_brand", stories.tones_by(t, "brand_name", share=True), drill="incident"
                    ),
                ),
            ],
        ),
        (14, [(48, chart(t, "top", "p_stories", stories.top_stories(t)))]),
        (8, [(48, chart(t, "outcomes", "p_incidents_all", states.incidents(t, exempt=True)))]),
        (
            12,
            [
                (24, chart(t, "days", "p_tone_time", stories.tones_over_time(t))),
                (24, chart(t, "when", "p_when", stories.when(t))),
            ],
        ),
        (
            10,
            [
                (24, chart(t, "networks", "p_tone_network", stories.tones_by(t, "network"))),
                (24, chart(t, "languages", "p_tone_language", stories.tones_by(t, "language"))),
            ],
        ),
        (8, [(48, markdown(t, "guide", "guide", "guide_monday"))]),
    )
    return dashboard(t, "monday", Times("now-7d/d", "now-1d/d"), panels)
