"""The dashboard Incident: where the e-mail's link leads, with the brand and the time of the trouble."""

from tocsin.kibana import curves, states, stories
from tocsin.kibana.columns import Json
from tocsin.kibana.dashboards import Times, dashboard, ways
from tocsin.kibana.panels import chart, lay_out, markdown, posts
from tocsin.kibana.texts import Texts


def incident(t: Texts) -> Json:
    """The last two days, unless the link says otherwise."""
    panels = lay_out(
        (3, [(48, ways(t, "incident"))]),
        (14, [(48, chart(t, "curve", "p_curve", curves.against_usual(t)))]),
        (
            6,
            [
                (
                    10,
                    chart(t, "told", "negative_stories", stories.tile(t, "negative_stories", stories.NEGATIVE_FIRST)),
                ),
                (
                    10,
                    chart(t, "copies", "negative_copies", stories.tile(t, "negative_copies", stories.NEGATIVE_COPY)),
                ),
                (10, chart(t, "authors", "authors", stories.authors_tile(t))),
                (9, chart(t, "score", "peak_score", curves.highest_score(t))),
                (9, chart(t, "coverage", "coverage", curves.coverage_now(t))),
            ],
        ),
        (6, [(48, chart(t, "row", "p_incident", states.incidents(t)))]),
        (13, [(48, chart(t, "stories", "p_negative_stories", stories.top_stories(t, harmful=True)))]),
        (
            12,
            [
                (16, chart(t, "words", "p_words", stories.deciding_words(t))),
                (16, chart(t, "tones", "p_tone_time", stories.tones_over_time(t))),
                (16, chart(t, "networks", "p_tone_network", stories.tones_by(t, "network"))),
            ],
        ),
        (
            12,
            [
                (24, chart(t, "who", "p_authors", stories.speakers(t, "user.hash"))),
                (24, chart(t, "sites", "p_sites", stories.speakers(t, "url.domain"))),
            ],
        ),
        (18, [(48, posts(t, "posts", "p_posts", "posts"))]),
        (14, [(48, markdown(t, "guide", "guide", "guide_incident"))]),
    )
    return dashboard(t, "incident", Times("now-2d"), panels)
