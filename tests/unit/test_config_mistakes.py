"""Each mistake in a YAML file is told with its line and its remedy."""

import pytest

from config_texts import BRANDS, FEED, MAIL, brand, person, problems, source

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
