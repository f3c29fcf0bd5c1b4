"""What each configuration file may hold: the pydantic shapes behind the checks, the docs and the JSON Schemas."""

from datetime import date
from pathlib import PurePath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticKnownError

from tocsin.config.problems import shown
from tocsin.config.words import (
    Every,
    Keep,
    Language,
    Line,
    Mailbox,
    Name,
    Package,
    Pattern,
    Query,
    Slug,
    TimeFormat,
    Voice,
    Zone,
    parse_server,
    parse_web_url,
)


class Shape(BaseModel):
    """A mapping with known keys only, read without guessing: no text becomes a number, no number becomes text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class ToneEntry(Shape):
    """Where a text's valence, -1 to 1, stops being neutral."""

    negative: Annotated[float, Field(ge=-1, le=0, allow_inf_nan=False)] = -0.05
    """At or below this valence a text is negative."""
    positive: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.05
    """At or above this valence a text is positive."""


class BrandEntry(Shape):
    """A brand that we watch."""

    id: Slug
    """Short name in links, logs and other files; never change it, history hangs on it."""
    name: Name
    """The brand as mails and tables call it, up to 60 characters; looked for where nothing below says by what."""
    aliases: list[Line] = []
    """What the brand is looked for by, as whole words, whatever the case and accents; no two brands may share one."""
    patterns: list[Pattern] = []
    """Regular expressions (Python's), case ignored, read on the text without accents: what words cannot say."""
    query: Query | None = None
    """What else the brand is found by, with company and exclusions: `orange +(forfait OR 4G)`, see brands.md."""
    never: list[Line] = []
    """Words inside which a match does not count: `orange juice` vetoes the orange in it and no other."""
    people: list[Line] = []
    """People who are named with it, such as its director: shown as names in mentions, not looked for."""
    products: list[Line] = []
    """What it sells: shown as names in mentions, not looked for."""
    min_authors: Annotated[int, Field(ge=1, le=10_000)] = 3
    """Distinct authors below which nothing is an incident, however loud one of them is."""
    keep: Keep | None = None
    """How long its mentions are kept, 1d to 3650d, such as 30d; left out, TOCSIN_KEEP_MENTIONS says it."""


class CrisisEntry(Shape):
    """Words that tell of a harm to our brands, beside those that come with the product."""

    words: Annotated[list[Line], Field(min_length=1)]
    """Words or phrases, whatever the case and accents; plurals are found too."""
    weight: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.6
    """How harmful, 0 to 1: from 0.25 on a word is a harm by itself; 0 says that the phrase is harmless."""
    language: Language | None = None
    """Language of the texts that they are looked for in; left out, any."""
    brands: list[Slug] = []
    """Ids of the brands that they count for; left out, all."""
    sector: Slug = "own"
    """What kind of harm it is, for those who read this file."""
    owner: Line | None = None
    """Whom to ask about them, for those who read this file."""
    until: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    """The last day on which they count, such as "2027-06-30", by the day of the text; left out, for ever."""

    @field_validator("until")
    @classmethod
    def _is_a_day(cls, until: str | None) -> str | None:
        return until if until is None else _day(until)


class BrandsFile(Shape):
    """brands.yaml: whom we watch, and in which languages."""

    languages: Annotated[list[Language], Field(min_length=1)] = ["fr", "en"]
    """Languages that we tell apart and read; a text in another language counts as unknown."""
    models: dict[Language, Package] = {}
    """spaCy package that finds names, by language; left out, the largest official one installed, else the lock's."""
    tone: ToneEntry = ToneEntry()
    """Where tone stops being neutral, see below."""
    crisis: list[CrisisEntry] = []
    """Your own words for a harm, see below."""
    brands: Annotated[list[BrandEntry], Field(min_length=1)]
    """The brands, at least one."""


_ADDRESSED = ("feed", "archive", "file")
"""Kinds that need to say where they are: a social network is where it is."""


_Address = Annotated[str, Field(min_length=1, max_length=2000)]


class SourceEntry(Shape):
    """Somewhere mentions come from."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"kind": {"enum": list(_ADDRESSED)}}},
            "then": {"required": ["url"], "properties": {"url": {"type": "string"}}},
        }
    )

    id: Slug
    """Short name in logs and counts; never change it, what was read hangs on it."""
    kind: Literal[
        "feed", "archive", "file", "mastodon", "bluesky", "reddit", "hackernews", "youtube", "facebook", "x"
    ]
    """`feed`: RSS, Atom, news sitemap; `archive`: a site's old posts; `file`: posts on disk; else a network."""
    url: Annotated[_Address | None, Field(validate_default=True)] = None
    """Address of feed or archive, http(s), or path of a file, from this file's folder; a network's other server."""
    query: Line | None = None
    """What a social network is asked for, see sources.md; left out, names and aliases of the brands, each once."""
    brands: list[Slug] = []
    """Ids of the brands that all of it concerns, such as a brand's own page; left out, each text is looked at."""
    network: Slug = "web"
    """What kind of place it is, such as web, news, forum: mentions are told apart by it; a network has its own."""
    language: Language | None = None
    """Language of the source, when all of it is in one; left out, each text is looked at."""
    every: Every = "10m"
    """How often to look, 1m to 7d: 90s, 5m, 1h or ISO 8601 such as PT5M."""
    columns: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    """Path of a file's column map, from this file's folder; mail, crawled pages and kept feeds need none."""
    full_text: Literal["auto", "never", "always"] = "auto"
    """Whether pages of posts that concern a brand are read: `auto` where a feed of articles gives only a summary."""
    time_zone: Zone | None = None
    """IANA name of the zone of times that state none, on pages; left out, TOCSIN_TIME_ZONE."""
    conditional: bool = True
    """`false` fetches the whole feed at each look, for a server that says "unchanged" of what has changed."""
    until: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    """How far back an archive is read, a day such as "2011-01-01"; left out, to its end."""
    pages: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Pages of an archive that are read at most."""
    reposts: bool = False
    """`true` reads reposts too, only for kind x: they say nothing new, and each counts against the month's posts."""
    enabled: bool = True
    """`false` keeps the source here but does not read it."""

    @field_validator("url")
    @classmethod
    def _fits_kind(cls, url: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if url is None:
            if kind in _ADDRESSED:
                raise PydanticKnownError("missing")
            return None
        if kind in {"feed", "archive"}:
            return parse_web_url(url)
        if kind == "file" and ("://" in url or not PurePath(url).name or not url.isprintable()):
            raise ValueError("a source of kind file takes a path; for an address write kind: feed")
        return url if kind in {"file", None} else parse_server(url)

    @field_validator("columns")
    @classmethod
    def _only_for_files(cls, columns: str | None, info: ValidationInfo) -> str | None:
        if columns is not None and info.data.get("kind") not in {"file", None}:
            raise ValueError(f"a {_called(info)} has no columns; delete the line, or write kind: file")
        return columns

    @field_validator("reposts")
    @classmethod
    def _only_for_x(cls, reposts: bool, info: ValidationInfo) -> bool:
        if reposts and info.data.get("kind") not in {"x", None}:
            raise ValueError(f"a {_called(info)} has no reposts; delete the line, or write kind: x")
        return reposts

    @field_validator("query")
    @classmethod
    def _only_for_networks(cls, query: str | None, info: ValidationInfo) -> str | None:
        if query is not None and info.data.get("kind") in _ADDRESSED:
            raise ValueError(f"a {_called(info)} is not asked for words; delete the line")
        if query is not None and '"' in query:
            raise ValueError("is asked for as a phrase; leave out the double quotes")
        return query

    @field_validator("until")
    @classmethod
    def _is_a_day(cls, until: str | None, info: ValidationInfo) -> str | None:
        if until is None:
            return None
        if info.data.get("kind") not in {"archive", None}:
            raise ValueError(f"a {_called(info)} is not read backwards; delete the line, or write kind: archive")
        return _day(until)


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as exc:
        raise ValueError(f"{shown(text)} is no day; write one such as 2011-01-01") from exc
    return text


def _called(info: ValidationInfo) -> str:
    kind = str(info.data.get("kind"))
    return kind if kind in _ADDRESSED else "social network"


class VoicesEntry(Shape):
    """Whose word weighs more: sites by their host, authors as `network/author`."""

    regulator: list[Voice] = []
    """Authorities: `cnil.fr`, `x/1193`."""
    press: list[Voice] = []
    """Press of the first rank, whose news others repeat: `lemonde.fr` stands for `www.lemonde.fr` too."""
    large: list[Voice] = []
    """Accounts with many followers, where the network does not tell how many."""
    large_from: Annotated[int, Field(ge=1)] = 100_000
    """Followers from which an author counts as a large account, where the network tells their number."""


class SourcesFile(Shape):
    """sources.yaml: what we read."""

    sources: list[SourceEntry] | None
    """The sources; `[]` for none."""
    voices: VoicesEntry = VoicesEntry()
    """Whose word weighs more, see below."""


class PersonEntry(Shape):
    """Somebody who hears of incidents."""

    id: Slug
    """Short name in logs and in the ledger of what was sent."""
    name: Line
    """The person's name, as the mail greets them."""
    email: Mailbox
    """Where mails go: one bare address."""
    language: Language = "en"
    """Language of their mails."""
    time_zone: Zone = "Europe/Paris"
    """IANA name of the zone that times in their mails are told in."""
    severity: Literal["watch", "critical"] = "critical"
    """The least that they want to hear of."""
    brands: list[Slug] = []
    """Ids of the brands that concern them; left out or empty: every brand."""
    digest: bool = False
    """`true`: the week's digest (sources that need a look, what came in, alerts); each morning, who went quiet."""


class PeopleFile(Shape):
    """people.yaml: who hears of it."""

    people: list[PersonEntry] | None
    """The people; `[]` for none."""


Column = Annotated[str, Field(min_length=1, max_length=200)]


class ColumnsFile(Shape):
    """A column map: which column (a table's) or key (JSON Lines) of an archive holds what."""

    time: Column
    """Column of the time of the post."""
    time_zone: Zone = "UTC"
    """IANA name of the zone of times that state none."""
    time_format: TimeFormat | None = None
    """How times are written, in the signs of Python's strptime; left out: ISO 8601, or seconds since 1970."""
    time_words: bool = False
    """`true`: times are as people write them: `12 mars 2011 à 9h05`, `March 12, 2011`; 03/04/2011 is in April."""
    text: Column | None = None
    """Column of the text; a map has `text`, `title` or both."""
    title: Column | None = None
    """Column of the title."""
    id: Column | None = None
    """Column of the post's own id; left out, the post is known by its address or by what it says."""
    author: Column | None = None
    """Column of the author, who is kept as a pseudonym only."""
    brand: Column | None = None
    """Column that names the brand; left out, or empty in a row, brands are looked for in the text."""
    brand_names: dict[str, Slug] = {}
    """What the brand column says, and the id of the brand it means; what is not listed is taken to be an id."""
    source: Column | None = None
    """Column that says which part of the archive a row belongs to, kept as a source of its own."""
    url: Column | None = None
    """Column of the post's address."""
    language: Column | None = None
    """Column of the language that the archive claims."""
    network: Column | None = None
    """Column of the network, such as web or forum; left out, that of the source."""
    audience: Column | None = None
    """Column of the author's followers: a potential audience, told as such."""
    format: Literal["csv", "jsonl", "parquet", "mbox", "warc", "feed"] | None = None
    """What kind of file it is; left out, the end of its name tells."""
    encoding: Literal["utf-8", "utf-16", "latin-1", "iso-8859-15", "windows-1252", "mac-roman"] | None = None
    """Encoding of a text file; left out: UTF-8, or what its byte order mark says, or Windows-1252 row by row."""
    separator: Literal["comma", "semicolon", "tab", "pipe"] | None = None
    """What parts the values of a CSV; left out, the sign of these four that its header has most of."""

    @model_validator(mode="after")
    def _tells_time_once(self) -> Self:
        if self.time_words and self.time_format:
            raise ValueError("has both time_words and time_format; delete one of them")
        return self

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.title:
            raise ValueError("names neither text nor title; add `text: ...`")
        return self
