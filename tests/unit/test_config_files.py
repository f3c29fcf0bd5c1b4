"""What the YAML files may say, and that each mistake is told with its line and its remedy."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.config import Config, ToneLimits, parse_config
from tocsin.enrich.harm_words import CrisisWord
from tocsin.errors import ConfigError
from tocsin.model import Brand, Person, Severity, Source, SourceKind, Tier

BRANDS = """\
languages: [fr, en]
brands:
  - id: bulla
    name: Bulla
    aliases: [Bulla, "@bulla"]
"""
SOURCES = "sources: []\n"
PEOPLE = "people: []\n"


def parse(brands: str = BRANDS, sources: str = SOURCES, people: str = PEOPLE) -> Config:
    texts = {"brands.yaml": brands, "sources.yaml": sources, "people.yaml": people}
    return parse_config({name: text.encode("utf-8", "surrogatepass") for name, text in texts.items()})


def problems(**texts: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(**texts)
    return str(caught.value).splitlines()


def brand(*lines: str) -> str:
    """brands.yaml with one brand; `lines` begin in line 4."""
    return "brands:\n  - id: bulla\n    name: Bulla\n" + "".join(f"    {line}\n" for line in lines)


def source(*lines: str) -> str:
    """sources.yaml with one source; `lines` begin in line 3."""
    return "sources:\n  - id: news\n" + "".join(f"    {line}\n" for line in lines)


def person(*lines: str) -> str:
    """people.yaml with one person; `lines` begin in line 4."""
    return "people:\n  - id: ana\n    name: Ana\n" + "".join(f"    {line}\n" for line in lines)


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


WRONG_BRANDS = {
    "unknown key": (brand("aliass: [x]"), "4:5: unknown key 'aliass'; did you mean 'aliases'?"),
    "unknown key, nothing near": (
        "xyz: 1\n" + BRANDS,
        "1:1: unknown key 'xyz'; known here: languages, models, tone, crisis, brands",
    ),
    "no package": (
        "models: {fr: '../x'}\n" + BRANDS,
        "1:14: fr: '../x' is no package of spaCy's; write one that is",
    ),
    "unknown key inside": ("tone: {negativ: -1}\n" + BRANDS, "1:8: unknown key 'negativ'; did you mean 'negative'?"),
    "missing key": ("brands:\n  - id: bulla\n", "2:5: key 'name' is missing; add `name: ...`"),
    "missing list": ("languages: [fr]\n", "1:1: key 'brands' is missing; add `brands: ...`"),
    "no brand": ("brands: []\n", "1:9: brands: is empty; write at least 1"),
    "empty file": ("", ": is empty; write its list, see include/docs/configuration.md"),
    "only comments": ("# later\n", ": is empty; write its list, see include/docs/configuration.md"),
    "a list": ("- bulla\n", "1:1: takes keys with values, not a list; write `key: value` lines"),
    "a word": ("bulla\n", "1:1: takes keys with values, not 'bulla'; write `key: value` lines"),
    "not a list": ("brands: bulla\n", "1:9: brands: takes a list, not 'bulla'; write [one, two], or each on"),
    "key twice": (brand("name: Bulla again"), "4:5: key 'name' is written twice, first in line 3; keep one"),
    "id": ("brands:\n  - {id: Bulla!, name: Bulla}\n", "2:10: id: 'Bulla!' is no id; use a to z, 0 to 9, - and _"),
    "id twice": (
        BRANDS + "  - {id: bulla, name: B}\n",
        "6:10: brand id 'bulla' is already in line 3; give each brand",
    ),
    "language": ("languages: [de]\n" + brand(), "1:13: languages: 'de' is not known; write 'fr' or 'en'"),
    "language twice": ("languages: [fr, fr]\n" + brand(), "1:17: language 'fr' is already in line 1; name it once"),
    "no is Norway": (
        brand("aliases: [no]"),
        "4:15: aliases: YAML reads 'no' without quotes as false; write it in quo",
    ),
    "a number": (
        brand("aliases: [1664]"),
        "4:15: aliases: YAML reads '1664' without quotes as a number; write it in",
    ),
    "a time": (brand("aliases: [7:30]"), "4:15: aliases: YAML reads '7:30' without quotes as a number; write it in"),
    "null": (brand("aliases: [~]"), "4:15: aliases: YAML reads '~' without quotes as nothing; write it in quotes"),
    "regex": (
        brand("patterns: ['ab[']"),
        "4:16: patterns: 'ab[' is no regular expression: unterminated character set ",
    ),
    "regex, position": (
        brand("patterns: ['ab(c']"),
        "missing ), unterminated subpattern at character 3; single quotes",
    ),
    "regex, too much": (brand("patterns: ['a{99999999999999999999}']"), "is no regular expression that we can use: "),
    "regex, ambiguous": (
        brand("patterns: ['[[a]']"),
        "4:16: patterns: '[[a]' is no regular expression that we can use",
    ),
    "regex, everything": (
        brand("patterns: ['b*']"),
        "4:16: patterns: 'b*' is over 500 characters or finds empty text",
    ),
    "query": (
        brand("query: 'bulla lnag:fr'"),
        "4:12: query: unknown field 'lnag'; did you mean 'lang:'?; put a text with a colon in quotes",
    ),
    "query, language that nobody reads": (
        "languages: [en]\n" + brand("query: bulla lang:fr"),
        "5:12: unknown language in query 'fr'; known here: en, und",
    ),
    "query, without a name": (
        brand("query: '-bulla'"),
        "4:12: query: true of texts that name nothing; put a word beside it that names the brand",
    ),
    "two lines in a name": (
        'brands:\n  - {id: b, name: "B\\nSubject: x"}\n',
        "'B�Subject: x' is no name; write one line",
    ),
    "a name that leaves charts no room": (
        f"brands:\n  - {{id: b, name: {'x' * 61}}}\n",
        "is too long for charts and subjects; write at most 60 characters",
    ),
    "min_authors": (brand("min_authors: 0"), "4:18: min_authors: '0' is too small; write 1 or more"),
    "min_authors as text": (brand("min_authors: '3'"), "4:18: min_authors: takes a whole number, not '3'; write it"),
    "min_authors yes": (brand("min_authors: yes"), "4:18: min_authors: takes a whole number, not 'yes'; write it"),
    "tone the wrong way": (
        "tone: {negative: 0.5}\n" + brand(),
        "1:18: negative: '0.5' is too large; write 0.0 or less",
    ),
    "tone without a middle": (
        "tone: {positive: 0}\n" + brand(),
        "1:18: positive: '0' is too small; write more than 0",
    ),
    "tone of no number": (
        "tone: {positive: .nan}\n" + brand(),
        "1:18: positive: '.nan' is no number to compare with; write it in digits",
    ),
    "alias of two": (
        BRANDS + "  - {id: b, name: B, aliases: [B, BÚLLA]}\n",
        "6:35: 'BÚLLA' already finds the brand in line 5; only one brand may have it",
    ),
    "name of two": (
        brand() + "  - {id: b, name: bulla}\n",
        "4:19: 'bulla' already finds the brand in line 3; only one",
    ),
    "anchor": (
        "brands: &a []\n",
        "1:9: is not YAML that we can read: anchors (&) and aliases (*) are not taken here",
    ),
    "alias": ("brands: *a\n", "1:9: is not YAML that we can read: anchors (&) and aliases (*) are not taken here"),
    "deep nest": ("brands: " + "[" * 40, "are nested too deeply"),
    "syntax": ("brands:\n  - id: [\n", "3:1: is not YAML that we can read: while parsing a flow node"),
    "tab": ("brands:\n\t- id: b\n", "2:1: is not YAML that we can read: while scanning for the next token"),
    "two documents": (BRANDS + "---\n" + BRANDS, "6:1: is not YAML that we can read: expected a single document"),
    "control character": ("brands: \x07\n", "1:9: holds a control character; delete it"),
    "half a character": ('brands: [{id: b, name: "\\ud83d"}]\n', "1:24: holds half a character; write the character"),
    "no such character": ('brands: "\\UFFFFFFFF"\n', "holds a character code or number that YAML does not have"),
    "python object": (
        "brands: !!python/name:os.system x\n",
        "1:9: 'x' is no plain value; write it in quotes if it is ",
    ),
    "endless number": (brand(f"min_authors: {'9' * 5000}"), "4:18: '99999"),
    "brackets as key": ("? [a]\n: 1\n" + BRANDS, "1:3: a key must be a word; remove the brackets"),
}


@pytest.mark.parametrize("case", WRONG_BRANDS)
def test_a_wrong_brands_file_is_told_with_place_and_remedy(case: str) -> None:
    text, expected = WRONG_BRANDS[case]
    found = problems(brands=text)
    assert any(expected in line for line in found), "\n".join(found)
    # Below the problem of a query stands the query, with a mark.
    assert all(line.startswith(("brands.yaml:", "  ")) for line in found)


FEED = ("kind: feed", "url: https://example.org/f")
WRONG_SOURCES = {
    "voice": (
        source(*FEED) + "voices: {press: [le monde]}\n",
        "5:18: press: 'le monde' is no voice; write a host",
    ),
    "until": (
        source(*FEED, "until: 2011-01-01"),
        "5:12: until: a feed is not read backwards; delete the line, or write kind: archive",
    ),
    "no day": (
        source("kind: archive", "url: https://e.org/", "until: 2011-02-31"),
        "5:12: until: '2011-02-31' is no day",
    ),
    "archive's url": (source("kind: archive", "url: e.org/tag/"), "4:10: url: 'e.org/tag/' has no scheme"),
    "kind": (
        source("kind: fed", "url: u"),
        "3:11: kind: 'fed' is not known; write 'feed', 'archive', 'file', 'mastodon', ",
    ),
    "scheme": (
        source("kind: feed", "url: ftp://example.org/"),
        "4:10: url: 'ftp://example.org/' has scheme 'ftp'; a f",
    ),
    "no scheme": (
        source("kind: feed", "url: example.org/f"),
        "4:10: url: 'example.org/f' has no scheme; a feed is read",
    ),
    "no host": (
        source("kind: feed", "url: 'https:///f'"),
        "4:10: url: 'https:///f' is no web address; write it as the",
    ),
    "port": (
        source("kind: feed", "url: 'https://e.org:99999/'"),
        "4:10: url: 'https://e.org:99999/' is no web address",
    ),
    "brackets": (
        source("kind: feed", "url: 'http://[::1'"),
        "4:10: url: 'http://[::1' is no web address: Invalid IPv6",
    ),
    "line break": (
        source("kind: feed", 'url: "http://e.org/\\r\\nx: y"'),
        "4:10: url: 'http://e.org/��x: y' is no web",
    ),
    "password": (
        source("kind: feed", "url: https://me:hunter2@e.org/"),
        "4:10: url: the address holds a user name or ",
    ),
    "file by address": (
        source("kind: file", "url: https://e.org/a.csv"),
        "4:10: url: a source of kind file takes a path",
    ),
    "columns of a feed": (
        source(*FEED, "columns: c.yaml"),
        "5:14: columns: a feed has no columns; delete the line, or",
    ),
    "every": (source(*FEED, "every: 5 minutes"), "5:12: every: '5 minutes' is no length of time; write 90s, 5m, 4h,"),
    "every, a number": (
        source(*FEED, "every: 5"),
        "5:12: every: YAML reads '5' without quotes as a number; write it in",
    ),
    "every second": (source(*FEED, "every: 1s"), "5:12: every: '1s' is out of range; write 1m to 7d"),
    "enabled": (
        source(*FEED, "enabled: maybe"),
        "5:14: enabled: takes true or false, not 'maybe'; write one of them",
    ),
    "id twice": (
        source(*FEED) + "  - {id: news, kind: feed, url: 'https://example.org/g'}\n",
        "5:10: source id 'news' is already in line 2; give each source its own",
    ),
    "no list": ("feeds: []\n", "1:1: unknown key 'feeds'; known here: sources"),
}


@pytest.mark.parametrize("case", WRONG_SOURCES)
def test_a_wrong_sources_file_is_told_with_place_and_remedy(case: str) -> None:
    text, expected = WRONG_SOURCES[case]
    found = problems(sources=text)
    assert any(line.startswith("sources.yaml:" + expected) for line in found), "\n".join(found)
    assert "hunter2" not in "".join(found)


MAIL = "email: ana@example.org"
WRONG_PEOPLE = {
    "e-mail with name": (person("email: Ana <ana@example.org>"), "4:12: email: 'Ana <ana@example.org>' is no e-mail"),
    "e-mail without @": (person("email: ana"), "4:12: email: 'ana' is no e-mail address; write it bare, such as"),
    "two e-mails": (
        person("email: a@example.org, b@example.org"),
        "4:12: email: 'a@example.org, b@example.org' is no",
    ),
    "header in e-mail": (
        person('email: "a@b.org\\nBcc: c@d.org"'),
        "4:12: email: 'a@b.org�Bcc: c@d.org' is no e-mail",
    ),
    "line end in e-mail": (person('email: "a@b.org\\n"'), "4:12: email: 'a@b.org�' is no e-mail address"),
    "dots": (person("email: a..b@example.org"), "4:12: email: 'a..b@example.org' is no e-mail address"),
    "language": (person(MAIL, "language: de"), "5:15: language: 'de' is not known; write 'fr' or 'en'"),
    "zone": (
        person(MAIL, "time_zone: Europe/Pariss"),
        "5:16: time_zone: 'Europe/Pariss' is no time zone; did you mean",
    ),
    "zone as path": (
        person(MAIL, "time_zone: ../../etc/passwd"),
        "5:16: time_zone: '../../etc/passwd' is no time zone",
    ),
    "severity": (person(MAIL, "severity: calm"), "5:15: severity: 'calm' is not known; write 'watch' or 'critical'"),
    "brand": (person(MAIL, "brands: [bula]"), "5:14: unknown brand 'bula'; did you mean 'bulla'?"),
    "id twice": (
        person(MAIL) + "  - {id: ana, name: A, email: a@example.org}\n",
        "5:10: person id 'ana' is already in",
    ),
}


@pytest.mark.parametrize("case", WRONG_PEOPLE)
def test_a_wrong_people_file_is_told_with_place_and_remedy(case: str) -> None:
    text, expected = WRONG_PEOPLE[case]
    found = problems(people=text)
    assert any(line.startswith("people.yaml:" + expected) for line in found), "\n".join(found)


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


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{words: []}", "brands.yaml:7:13: words:"),
        ("{words: [a], weight: 7}", "brands.yaml:7:26: weight:"),
        ("{words: [a], until: '2027-02-30'}", "brands.yaml:7:25: until: '2027-02-30' is no day; write one such as"),
        ("{words: [a], brands: [bula]}", "brands.yaml:7:27: unknown brand 'bula'; did you mean 'bulla'?"),
        ("{word: [a]}", "brands.yaml:7:6: unknown key 'word'; did you mean 'words'?"),
    ],
)
def test_what_is_wrong_with_a_crisis_word_is_said_with_its_place(entry: str, said: str) -> None:
    assert any(line.startswith(said) for line in problems(brands=f"{BRANDS}crisis:\n  - {entry}\n"))
