"""The dashboard Sources: whether what we read still answers, so that silence is not taken for calm."""

from tocsin.kibana import curves, states, stories
from tocsin.kibana.columns import Json
from tocsin.kibana.dashboards import Times, dashboard, ways
from tocsin.kibana.panels import chart, lay_out, markdown
from tocsin.kibana.texts import Texts

TILES = (("failing", 10), ("throttled", 9), ("never", 10), ("quiet", 9), ("healthy", 10))
"""What is counted, and how wide it stands."""


def sources(t: Texts) -> Json:
    """The last seven days, without controls: sources know neither brand nor language, network or tone."""
    panels = lay_out(
        (3, [(48, ways(t, "sources"))]),
        (
            6,
            [(wide, chart(t, state, f"sources_{state}", states.sources_tile(t, state))) for state, wide in TILES],
        ),
        (14, [(48, chart(t, "list", "p_sources", states.sources(t)))]),
        (
            12,
            [
                (20, chart(t, "seen", "p_coverage", curves.coverage_over_time(t, exempt=True))),
                (28, chart(t, "brought", "p_brought", stories.posts_by_source(t))),
            ],
        ),
        (10, [(48, chart(t, "refused", "p_refused", states.refused(t)))]),
        (9, [(48, markdown(t, "guide", "guide", "guide_sources"))]),
    )
    return dashboard(t, "sources", Times("now-7d"), panels)
