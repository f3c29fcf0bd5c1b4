"""What the YAML files may say, and that whatever they say gives a config or one error."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config_texts import BRANDS, FEED, MAIL, SOURCES, brand, parse, person, problems, source
from tocsin.config import Config, ToneLimits, parse_config
from tocsin.enrich.harm_words import CrisisWord
from tocsin.errors import ConfigError
from tocsin.model import Brand, Person, Severity, Source, SourceKind, Tier


def test_everything_that_may_be_said_arrives_in_the_words_of_the_model() -> None:
    brands = "languages: [en]\nmodels: {en: en_core_web_lg}\ntone: {negative: 0, positive: 0.2}\n" + brand(
        "aliases: [Bulla, '@bulla']", r"patterns: ['\bb\.b\.']", "never: [Bulla Bulla]", "min_authors: 7",
        "query: bulla +cola", "people: [Odette Marchand]", "products: [Pamplo]",
    )  # fmt: skip
    sources = source(
        "kind: feed", "url: https://example.org/f?q=1", "network: news", "language: fr", "every: PT1H30M"
    )
    sources += "  - {id: old, kind: file, url: data/old.csv.gz, columns: old.yaml}\n"
    sources += "  - {id: later, kind: feed, url: 'http://example.org/', enabled: false}\n"
    people = person(
        "email: ana@example.org", "language: fr", "time_zone: Asia/Tokyo", "severity: watch", "brands: [bulla]"
    )
    texts = {"brands.yaml": brands.encode(), "sources.yaml": sources.encode(), "people.yaml": people.encode()}
    assert parse_config(texts, Path("/etc/x")) == Config(
        brands=(
            Brand(
                "bulla",
                "Bulla",
                ("Bulla", "@bulla"),
                (r"\bb\.b\.",),
                ("Bulla Bulla",),
                7,
                None,
                ("Odette Marchand",),
                ("Pamplo",),
                "bulla +cola",
            ),
        ),
        sources=(
            Source(
                "news", SourceKind.FEED, "https://example.org/f?q=1", "news", "fr", timedelta(hours=1, minutes=30)
            ),
            Source("old", SourceKind.FILE, "/etc/x/data/old.csv.gz", columns="/etc/x/old.yaml"),
        ),
        people=(Person("ana", "Ana", "ana@example.org", "fr", "Asia/Tokyo", Severity.WATCH, ("bulla",)),),
        languages=("en",),
        tone=ToneLimits(0.0, 0.2),
        models={"en": "en_core_web_lg"},
        resting=("later",),
    )


def test_voices_are_hosts_and_authors_and_the_upper_tier_has_what_two_name() -> None:
    voices = "regulator: [cnil.fr, x/1193], press: [www.LeMonde.fr, cnil.fr, 'web/Jane  Doe'], large_from: 5000"
    ranking = parse(sources=f"sources: []\nvoices: {{{voices}}}\n").voices
    assert ranking.sites == {"cnil.fr": Tier.REGULATOR, "lemonde.fr": Tier.PRESS}
    assert ranking.authors == {("x", "1193"): Tier.REGULATOR, ("web", "Jane  Doe"): Tier.PRESS}
    assert ranking.large_from == 5000


def test_what_is_left_out_has_the_defaults_of_the_model() -> None:
    config = parse(brand(), source("kind: feed", "url: http://example.org/"), person("email: ana@example.org"))
    assert config.brands == (Brand("bulla", "Bulla"),)
    assert config.sources == (Source("news", SourceKind.FEED, "http://example.org/"),)
    assert config.people == (Person("ana", "Ana", "ana@example.org"),)
    assert (config.languages, config.tone) == (("fr", "en"), ToneLimits(-0.05, 0.05))


@pytest.mark.parametrize("nothing", ["sources:\n", "sources: []\n", "sources: # all of them commented out\n"])
def test_a_list_of_sources_may_be_empty(nothing: str) -> None:
    assert parse(sources=nothing).sources == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("90s", 90), ("5m", 300), ("1h", 3600), ("1d12h", 129_600), ("PT5M", 300), ("P1D", 86_400), ("P1DT1H", 90_000)],
)
def test_lengths_of_time(written: str, meant: int) -> None:
    read = parse(sources=source("kind: feed", "url: http://example.org/", f"every: {written}")).sources[0]
    assert read.every == timedelta(seconds=meant)


def test_all_problems_of_all_files_are_told_at_once_in_order() -> None:
    found = problems(
        brands=brand("aliass: [x]", "min_authors: 0"),
        sources=source("kind: fed", "url: u"),
        people=person("email: ana", "brands: [bula]"),
    )
    assert [line.split(": ")[0] for line in found] == [
        "brands.yaml:4:5",
        "brands.yaml:5:18",
        "people.yaml:4:12",
        "people.yaml:5:14",
        "sources.yaml:3:11",
    ]


def test_a_wrong_brand_does_not_make_its_name_unknown_to_people() -> None:
    found = problems(brands=brand("aliass: [x]"), people=person(MAIL, "brands: [bulla]"))
    assert found == ["brands.yaml:4:5: unknown key 'aliass'; did you mean 'aliases'?"]


def test_a_name_that_is_not_searched_may_be_the_alias_of_another() -> None:
    # The matcher looks for the name only where neither aliases nor patterns are given.
    text = BRANDS + "  - {id: other, name: Bulla, aliases: [Bulla Tools]}\n"
    text += "  - {id: third, name: Bulla, query: bulla +outils}\n"
    assert len(parse(brands=text).brands) == 3


def test_bytes_that_are_no_utf8_are_told_with_their_line() -> None:
    texts = {"brands.yaml": b"brands:\n  - id: b\xe9\n", "sources.yaml": b"sources: []", "people.yaml": b"people: []"}
    with pytest.raises(ConfigError, match=r"brands.yaml:2:10: is not UTF-8; save the file as UTF-8"):
        parse_config(texts)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert parse(brands="\ufeff" + BRANDS) == parse()


def test_advice_names_what_is_allowed_but_hardly_meant() -> None:
    assert parse().advice() == (
        "no source is enabled: nothing will be collected (sources.yaml)",
        "nobody hears of bulla (people.yaml)",
    )
    config = parse(sources=source(*FEED), people=person(MAIL))
    assert config.advice() == ()
    two = BRANDS + "  - {id: other, name: Other}\n"
    partly = parse(brands=two, sources=source(*FEED), people=person(MAIL, "brands: [bulla]"))
    assert partly.advice() == ("nobody hears of other (people.yaml)",)


def test_advice_names_aliases_that_make_a_query_vain() -> None:
    config = parse(
        BRANDS.replace("aliases: [Bulla,", "query: bulla +cola\n    aliases: [BULLA, Bulla SA,"),
        source("kind: feed", "url: http://example.org/"),
        person(MAIL),
    )
    assert config.advice() == ("bulla (BULLA): as an alias it suffices without what the query asks for besides",)


def test_advice_names_brands_whose_usual_is_soon_forgotten() -> None:
    brands = BRANDS + "  - {id: brief, name: Brief, keep: 30d}\n  - {id: long, name: Long, keep: 56d}\n"
    config = parse(brands=brands, sources=source(*FEED), people=person(MAIL))
    words = "kept for less than the 8 weeks that usual is learnt from"
    assert config.advice() == (f"brief: {words}",)
    assert config.advice(timedelta(days=55)) == (f"bulla, brief: {words}",)


ATOMS = """
    brands id name aliases patterns tone languages sources people email url kind columns b feed file every 5m no ~
    0x_ 1:60 1e999 .inf 2001-99-99 << = &a *a !!int !!binary !!set !!python/name:os.system ' " "\\x " [ ] { } - ? : ,
    | > %YAML --- # \x85 é true 7 """
WORDS = st.sampled_from(ATOMS.split(" "))
TREES = st.recursive(
    WORDS | st.text(max_size=4) | st.integers() | st.floats() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
FILES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(WORDS | st.just("\n") | st.just("\n  "), max_size=20).map(lambda words: " ".join(words).encode()),
    TREES.map(lambda tree: repr(tree).encode("utf-8", "surrogatepass")),
    st.sampled_from([BRANDS.encode(), SOURCES.encode(), person(MAIL).encode(), source(*FEED).encode()]),
)


@given(brands=FILES, sources=FILES, people=FILES)
def test_any_bytes_give_a_config_or_one_error_fit_to_print(brands: bytes, sources: bytes, people: bytes) -> None:
    texts = {"brands.yaml": brands, "sources.yaml": sources, "people.yaml": people}
    try:
        parse_config(texts)
    except ConfigError as exc:
        lines = str(exc).split("\n")
        assert all(line.startswith(tuple(texts)) and line.isprintable() for line in lines), lines


@given(
    text=st.sampled_from([brand("aliases: [x, 'y']", "min_authors: 3"), person(MAIL), source(*FEED)]),
    at=st.integers(0, 90),
    cut=st.integers(0, 6),
    put=st.text(max_size=3) | WORDS,
)
def test_one_slip_of_the_pen_gives_a_config_or_one_error(text: str, at: int, cut: int, put: str) -> None:
    slipped = text[:at] + put + text[at + cut :]
    for name in ("brands", "sources", "people"):
        try:
            parse(**{name: slipped})
        except ConfigError as exc:
            assert f"{name}.yaml" in str(exc)  # noqa: PT017 - either outcome is right


def test_a_team_s_own_crisis_words_arrive_with_their_plurals_and_last_day() -> None:
    crisis = (
        "crisis:\n  - {words: [limonade trouble], language: fr, weight: 0.7, sector: food, owner: Odette,"
        " brands: [bulla], until: '2027-06-30'}\n  - words: [Pamplo affair]\n"
    )
    words = {word.phrase: word for word in parse(BRANDS + crisis).crisis}
    assert words["limonades troubles"] == CrisisWord(
        "limonades troubles", 0.7, "food", "Odette", date(2027, 6, 30), brands=("bulla",), language="fr"
    )
    assert (words["Pamplo affairs"].weight, words["Pamplo affairs"].until) == (0.6, date.max)
