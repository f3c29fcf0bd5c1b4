"""The dashboard Now: is anything the matter with a brand, and could we see it if it were."""

from tocsin.kibana import curves, states, stories
from tocsin.kibana.columns import WHOLE, Json, measure
from tocsin.kibana.dashboards import Times, dashboard, ways
from tocsin.kibana.panels import chart, lay_out, markdown, posts
from tocsin.kibana.texts import Texts


def now(t: Texts) -> Json:
    """The last 24 hours, looked at again each minute."""
    counted = measure("counted", t("counted"), "sum", "counted", form=WHOLE)
    panels = lay_out(
        (3, [(48, ways(t, "now"))]),
        (
            6,
            [
                (12, chart(t, "counted", "counted", curves.one_number(counted))),
                (
                    12,
                    chart(t, "copies", "negative_copies", stories.tile(t, "negative_copies", stories.NEGATIVE_COPY)),
                ),
                (12, chart(t, "coverage", "coverage", curves.coverage_now(t))),
                (12, chart(t, "failing", "sources_failing", states.sources_tile(t, "failing"))),
            ],
        ),
        (
            14,
            [
                (32, chart(t, "curve", "p_curve", curves.against_usual(t))),
                (16, chart(t, "bars", "p_brands_click", curves.brands_by_stories(t), drill="incident")),
            ],
        ),
        (
            12,
            [
                (28, chart(t, "brands", "p_brands", curves.brands_now(t))),
                (20, chart(t, "scores", "p_scores", curves.scores(t))),
            ],
        ),
        (7, [(48, chart(t, "open", "p_open", states.open_incidents(t), since="now-30d"))]),
        (16, [(48, posts(t, "newest", "p_newest", "negative"))]),
        (
            10,
            [
                (18, chart(t, "seen", "p_coverage", curves.coverage_over_time(t))),
                (30, chart(t, "blind", "p_blind", states.unheard(t))),
            ],
        ),
        (12, [(48, markdown(t, "guide", "guide", "guide_now"))]),
    )
    return dashboard(t, "now", Times("now-24h", every=60), panels)
