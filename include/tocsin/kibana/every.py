"""The dashboard Every mention: choose by brand, language, network and tone, then read."""

from tocsin.kibana import stories
from tocsin.kibana.columns import Json
from tocsin.kibana.dashboards import Times, dashboard, ways
from tocsin.kibana.panels import chart, lay_out, markdown, posts
from tocsin.kibana.texts import Texts


def every(t: Texts) -> Json:
    """The last seven days; only charts of mentions, which know every field of the controls."""
    panels = lay_out(
        (3, [(48, ways(t, "every"))]),
        (12, [(48, chart(t, "tones", "p_tone_time", stories.tones_over_time(t)))]),
        (
            12,
            [
                (16, chart(t, "networks", "p_tone_network", stories.tones_by(t, "network"))),
                (16, chart(t, "languages", "p_tone_language", stories.tones_by(t, "language"))),
                (16, chart(t, "names", "p_names", stories.tones_by(t, "entity.text", size=15))),
            ],
        ),
        (14, [(48, chart(t, "top", "p_stories", stories.top_stories(t)))]),
        (24, [(48, posts(t, "posts", "p_posts", "posts"))]),
        (7, [(48, markdown(t, "guide", "guide", "guide_every"))]),
    )
    return dashboard(t, "every", Times("now-7d"), panels)
