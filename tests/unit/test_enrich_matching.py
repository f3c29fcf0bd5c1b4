"""Which brand a text concerns, case by case."""

import pytest

from tocsin.enrich.matching import BrandMatcher
from tocsin.errors import ConfigError
from tocsin.model import Brand

BRANDS = (
    Brand("bulla", "Bulla", aliases=("Bulla", "Bulla Cola")),
    Brand("loreal", "L'Oréal"),
    Brand("coca", "Coca-Cola"),
    Brand("usair", "US Airways", aliases=("US Airways", "@flyus")),
    Brand("orange", "Orange", never=("orange juice", "jus d'orange", "orange mécanique")),
    Brand("yahoo", "Yahoo!"),
    Brand("atelier", "Atelier du Cœur"),
    Brand("lot", "Lot 42", patterns=(r"\blots?\s+n°\s*42\b",)),
)


@pytest.fixture(scope="module")
def matcher() -> BrandMatcher:
    return BrandMatcher(BRANDS)


def brands_in(matcher: BrandMatcher, text: str) -> list[str]:
    return list(dict.fromkeys(hit.brand for hit in matcher.find_all([text])[0]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("I drank a Bulla today", ["bulla"], id="plain word"),
        pytest.param("BULLA!!!", ["bulla"], id="capitals and marks"),
        pytest.param("Bulla's new ad, the Bulla-gate", ["bulla"], id="possessive and hyphen"),
        pytest.param("Bulla’s new ad", ["bulla"], id="curly possessive"),
        pytest.param("honte à vous #Bulla", ["bulla"], id="exact hashtag"),
        pytest.param("@bulla répondez", ["bulla"], id="exact handle"),
        pytest.param("#BullaGate @bulla_fr", [], id="hashtag or handle that only begins so"),
        pytest.param("bullathon, ebulla", [], id="part of a word"),
        pytest.param("#BullaCola", ["bulla"], id="two words run together behind #"),
        pytest.param("the bullacola", [], id="two words run together without #"),
        pytest.param("L'Oréal", ["loreal"], id="as written"),
        pytest.param("L’ORÉAL rappelle un lot", ["loreal"], id="curly and capitals"),
        pytest.param("j'adore loreal", ["loreal"], id="accent and apostrophe lost"),
        pytest.param("l oreal paris", ["loreal"], id="apostrophe as a space"),
        pytest.param("#LOreal", ["loreal"], id="hashtag without apostrophe"),
        pytest.param("oreal", [], id="half of it"),
        pytest.param("L'Ore\u0301al", ["loreal"], id="accent as a mark of its own"),
        pytest.param("coca cola, cocacola", ["coca"], id="hyphen lost"),
        pytest.param("coca‑cola", ["coca"], id="unbreakable hyphen"),
        pytest.param("@USAirways my bag", ["usair"], id="handle of a two-word name"),
        pytest.param("so @flyus is late", ["usair"], id="alias that is a handle"),
        pytest.param("flyus is late", [], id="handle alias without @"),
        pytest.param("Orange est en panne", ["orange"], id="no veto"),
        pytest.param("un jus d’orange frais", [], id="vetoed"),
        pytest.param("un jus d'orange, puis Orange en panne", ["orange"], id="a veto counts where it stands"),
        pytest.param("orange JUICE", [], id="veto in capitals"),
        pytest.param("orange mecanique", [], id="veto without accents"),
        pytest.param("yahoo is down", ["yahoo"], id="mark of the alias lost"),
        pytest.param("l'atelier du coeur", ["atelier"], id="ligature taken apart"),
        pytest.param("rappel des lots N° 42", ["lot"], id="pattern, case ignored"),
        pytest.param("https://bulla.example/x www.bulla.example", [], id="inside addresses"),
        pytest.param("@bulla vs Coca-Cola", ["bulla", "coca"], id="two brands, in the order given"),
        pytest.param("", [], id="nothing"),
        pytest.param("\u200b\U0001f9e8 ''' ###", [], id="marks only"),
    ],
)
def test_finds(matcher: BrandMatcher, text: str, expected: list[str]) -> None:
    assert brands_in(matcher, text) == expected


def test_offsets_point_into_the_text_as_it_was(matcher: BrandMatcher) -> None:
    text = "Le cœur… \u200bde l’été : L’Ore\u0301al et #Bulla"
    found = [text[hit.start : hit.end] for hit in matcher.find_all([text])[0]]
    assert found == ["Bulla", "L’Ore\u0301al"]


def test_answers_each_text_in_order(matcher: BrandMatcher) -> None:
    texts = ["Bulla", "rien", "Orange", "Bulla"]
    assert [[hit.brand for hit in hits] for hits in matcher.find_all(texts)] == [["bulla"], [], ["orange"], ["bulla"]]


def test_a_veto_concerns_its_own_brand_only() -> None:
    matcher = BrandMatcher([Brand("a", "Apple", never=("apple pie",)), Brand("b", "Pie", aliases=("Apple Pie",))])
    assert brands_in(matcher, "an apple pie") == ["b"]


@pytest.mark.parametrize("pattern", ["(", "a*", "é?"])
def test_refuses_a_pattern_that_cannot_be_meant(pattern: str) -> None:
    with pytest.raises(ConfigError, match="brand b: pattern"):
        BrandMatcher([Brand("b", "B", patterns=(pattern,))])


def test_long_and_hostile_texts_are_cut(matcher: BrandMatcher) -> None:
    texts = ["a." * 500_000 + " Bulla", "ﷺ" * 60_000, "@" * 100_000]
    assert matcher.find_all(texts) == [(), (), ()]


def test_a_name_is_looked_for_only_where_nothing_else_finds_the_brand() -> None:
    # A lemonade whose name is a surname too, as in the shipped brands.yaml.
    brands = [
        Brand("a", "Briscard", aliases=("limonade Briscard",)),
        Brand("p", "Corvane", patterns=(r"corvane ltd",)),
        Brand("q", "Orpin", query="orpin +boutique"),
    ]
    matcher = BrandMatcher(brands)
    assert brands_in(matcher, "Monsieur Briscard, Madame Corvane et Jean Orpin") == []
    text = "une limonade Briscard de Corvane Ltd à la boutique Orpin"
    assert brands_in(matcher, text) == ["a", "p", "q"]


def test_a_query_stands_beside_aliases_and_patterns_and_under_never() -> None:
    brand = Brand("o", "Orange", ("Sosh",), (r"3900",), ("jus d'orange",), query="orange +forfait")
    matcher = BrandMatcher([brand])
    found = {
        "Sosh seul": ["Sosh"],
        "le 3900": ["3900"],
        "orange seule": [],
        "Orange, mon forfait": ["Orange"],
        "le forfait jus d'orange": [],
        "jus d'orange, forfait Orange": ["Orange"],
    }
    assert {text: [text[hit.start : hit.end] for hit in matcher.find_all([text])[0]] for text in found} == found


def test_a_query_that_cannot_be_read_names_its_brand() -> None:
    with pytest.raises(ConfigError, match=r"brand b: query: the bracket is not closed\n  \(b"):
        BrandMatcher([Brand("b", "B", query="(b")])
