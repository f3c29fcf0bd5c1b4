"""Whose voice a post is: its author's rank, else its site's, else what its followers make of it."""

from datetime import UTC, datetime

import pytest

from tocsin.enrich.voices import Voices
from tocsin.model import RawItem, Tier

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
VOICES = Voices(
    sites={"lemonde.fr": Tier.PRESS, "gouv.fr": Tier.REGULATOR, "blog.lemonde.fr": Tier.LARGE},
    authors={"a1": Tier.REGULATOR},
    large_from=1000,
)


def post(url: str = "", author: str = "", audience: int | None = None) -> RawItem:
    return RawItem("i", "s", "web", url, "", "text", author, NOON, NOON, audience=audience)


@pytest.mark.parametrize(
    ("item", "tier"),
    [
        pytest.param(post("https://lemonde.fr/a"), Tier.PRESS, id="a site"),
        pytest.param(post("https://www.LeMonde.fr/a"), Tier.PRESS, id="below a site, in capitals"),
        pytest.param(post("https://blog.lemonde.fr/a"), Tier.LARGE, id="the nearest site above"),
        pytest.param(post("https://notlemonde.fr/a"), Tier.UNKNOWN, id="a name that ends alike"),
        pytest.param(post("https://lemonde.fr.example/a"), Tier.UNKNOWN, id="a name that begins alike"),
        pytest.param(post("https://[bad/a"), Tier.UNKNOWN, id="no address"),
        pytest.param(post("https://lemonde.fr/a", "a1"), Tier.REGULATOR, id="the author before the site"),
        pytest.param(post(author="a2"), Tier.UNKNOWN, id="an author nobody ranked"),
        pytest.param(post(audience=1000), Tier.LARGE, id="followers enough"),
        pytest.param(post(audience=999), Tier.UNKNOWN, id="followers too few"),
        pytest.param(post("https://lemonde.fr/a", audience=5000), Tier.PRESS, id="the site before followers"),
    ],
)
def test_whose_voice_it_is(item: RawItem, tier: Tier) -> None:
    assert VOICES.tier_of(item) is tier


def test_nobody_is_ranked_where_nothing_is_written() -> None:
    assert Voices().tier_of(post("https://lemonde.fr/a", "a1")) is Tier.UNKNOWN
