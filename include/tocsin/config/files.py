"""The YAML files as frozen words of the model: all of them checked together, all problems told at once."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tocsin.collect.networks.table import NETWORKS
from tocsin.config.checking import find_repeats, find_unknown, fit, settled
from tocsin.config.columns import column_problems
from tocsin.config.places import Document, parse_document, read_document
from tocsin.config.problems import Place, Problem, refuse, shown
from tocsin.config.shapes import (
    BrandEntry,
    BrandsFile,
    CrisisEntry,
    PeopleFile,
    PersonEntry,
    SourceEntry,
    SourcesFile,
    VoicesEntry,
)
from tocsin.config.words import parse_duration
from tocsin.detect.detector import HISTORY
from tocsin.enrich.folding import fold
from tocsin.enrich.harm_words import FOR_EVER, CrisisWord, forms
from tocsin.model import Brand, FullText, Person, Severity, Source, SourceKind, Tier
from tocsin.query import QueryError, fields_in, finds_by, parse_query

BRANDS, SOURCES, PEOPLE = "brands.yaml", "sources.yaml", "people.yaml"


@dataclass(frozen=True, slots=True)
class ToneLimits:
    """Valence at or below `negative` is negative, at or above `positive` positive, else neutral."""

    negative: float = -0.05
    positive: float = 0.05


@dataclass(frozen=True, slots=True)
class Ranking:
    """Whose word weighs more: hosts, and authors by (network, name); `large_from` in followers."""

    sites: Mapping[str, Tier] = field(default_factory=dict)
    authors: Mapping[tuple[str, str], Tier] = field(default_factory=dict)
    large_from: int = 100_000


@dataclass(frozen=True, slots=True)
class Config:
    """Whom we watch, what we read, who hears of it. `sources` holds the enabled ones; paths in them are whole."""

    brands: tuple[Brand, ...]
    sources: tuple[Source, ...]
    people: tuple[Person, ...]
    languages: tuple[str, ...] = ("fr", "en")
    tone: ToneLimits = ToneLimits()
    crisis: tuple[CrisisWord, ...] = ()
    """The team's own words for a harm, each form one."""
    models: Mapping[str, str] = field(default_factory=dict)
    """spaCy packages by language, those that the team named."""
    voices: Ranking = Ranking()
    resting: tuple[str, ...] = ()
    """Ids of the sources that are switched off."""

    def advice(self, keep: timedelta = HISTORY) -> tuple[str, ...]:
        """Say what is allowed but hardly meant, a sentence each: nothing to read, nobody to tell, a query in vain.

        `keep` is how long the mentions of a brand that says nothing else are kept.
        """
        told = {brand for person in self.people for brand in person.brands or [one.id for one in self.brands]}
        unheard = [brand.id for brand in self.brands if brand.id not in told]
        forgetful = [brand.id for brand in self.brands if (brand.keep or keep) < HISTORY]
        moot = [f"{brand.id} ({alias})" for brand in self.brands for alias in _needing_no_company(brand)]
        said = [
            "no source is enabled: nothing will be collected (sources.yaml)" if not self.sources else "",
            f"nobody hears of {', '.join(unheard)} (people.yaml)" if unheard else "",
            f"{', '.join(forgetful)}: kept for less than the 8 weeks that usual is learnt from" if forgetful else "",
            f"{', '.join(moot)}: as an alias it suffices without what the query asks for besides" if moot else "",
        ]
        return tuple(sentence for sentence in said if sentence)


def _needing_no_company(brand: Brand) -> list[str]:
    """Aliases by which the brand is found, whatever its query says of the same words."""
    asked = {fold(term.text) for term in finds_by(parse_query(brand.query))} if brand.query else set()
    return [alias for alias in brand.aliases if fold(alias) in asked]


def load_config(folder: Path, *, need_sources: bool = True) -> Config:
    """Read brands.yaml, sources.yaml and people.yaml of the folder.

    ConfigError: one line for each problem of all files, `file:line:column: what is wrong; remedy`; below that of a
    query, indented, the query with a mark under the place. Without `need_sources` sources.yaml may be missing; when
    it is there it is checked all the same.
    """
    if not folder.is_dir():
        remedy = "make it, or name another by TOCSIN_CONFIG or --config (tocsin config check --help)"
        what = "is a file; name the folder it is in" if folder.exists() else f"no such folder; {remedy}"
        refuse([Problem(Place(str(folder)), what)])
    names = [BRANDS, SOURCES, PEOPLE]
    if not need_sources and not (folder / SOURCES).exists():
        names.remove(SOURCES)
    return _assemble({name: read_document(folder / name) for name in names}, folder, on_disk=True)


def parse_config(texts: Mapping[str, bytes], folder: Path = Path()) -> Config:
    """Read the same files from memory, by name; the disk is not touched, so column maps are not looked at."""
    return _assemble({name: parse_document(text, str(folder / name)) for name, text in texts.items()}, folder)


def _assemble(documents: Mapping[str, Document], folder: Path, *, on_disk: bool = False) -> Config:
    brands_at = documents[BRANDS]
    people_at = documents[PEOPLE]
    sources_at = documents.get(SOURCES, Document(SOURCES, data={"sources": []}))
    brands = fit(brands_at, BrandsFile)
    people = fit(people_at, PeopleFile)
    sources = fit(sources_at, SourcesFile)
    problems = [problem for document in documents.values() for problem in document.problems]
    problems += _across(brands_at, sources_at, people_at)
    if sources and on_disk:
        ids = [name for name, _ in brands_at.glean("brands", "id")]
        problems += _maps(sources.sources or [], sources_at, folder, ids)
    refuse(problems)
    return _config(settled(brands), settled(sources), settled(people).people or [], folder)


def _config(brands: BrandsFile, read: SourcesFile, people: list[PersonEntry], folder: Path) -> Config:
    sources = read.sources or []
    return Config(
        brands=tuple(_brand(entry) for entry in brands.brands),
        sources=tuple(_source(entry, folder) for entry in sources if entry.enabled),
        voices=_ranking(read.voices),
        people=tuple(_person(entry) for entry in people),
        languages=tuple(brands.languages),
        tone=ToneLimits(brands.tone.negative, brands.tone.positive),
        crisis=tuple(word for entry in brands.crisis for word in _crisis(entry)),
        models={str(language): package for language, package in brands.models.items()},
        resting=tuple(entry.id for entry in sources if not entry.enabled),
    )


def _across(brands: Document, sources: Document, people: Document) -> list[Problem]:
    """What one entry alone cannot see; read off the plain data, so that a wrong entry hides nothing of the others."""
    ids = list(brands.glean("brands", "id"))
    problems = [
        *find_repeats(ids, "brand id", "give each brand its own"),
        *find_repeats(brands.glean("languages"), "language", "name it once"),
        *find_repeats(sources.glean("sources", "id"), "source id", "give each source its own"),
        *find_repeats(people.glean("people", "id"), "person id", "give each person their own"),
        *_shared_names(brands),
    ]
    if ids:
        named_by = (
            people.glean("people", "brands"),
            sources.glean("sources", "brands"),
            brands.glean("crisis", "brands"),
        )
        for named in named_by:
            problems += find_unknown(named, (name for name, _ in ids), "brand")
    return [*problems, *_fields(brands, sources)]


def _fields(brands: Document, sources: Document) -> list[Problem]:
    """What queries ask of a post and never get: a language that nobody reads, a source that is not there."""
    asked: dict[str, list[tuple[str, Place]]] = {"lang": [], "source": []}
    for query, place in brands.glean("brands", "query"):
        with suppress(QueryError):
            for one in fields_in(parse_query(query)):
                asked.get(one.name, []).append((one.value, place))
    read = [name for name, _ in brands.glean("languages")] or BrandsFile.model_fields["languages"].default
    known = [name for name, _ in sources.glean("sources", "id")]
    return [
        *find_unknown(asked["lang"], [*read, "und"], "language in query"),
        *(find_unknown(asked["source"], known, "source in query") if known else ()),
    ]


def _shared_names(document: Document) -> list[Problem]:
    """Names that two brands are looked for by: a mention could not be told to belong to one of them."""
    entries = document.data.get("brands") if isinstance(document.data, dict) else None
    owners: dict[str, tuple[int, Place]] = {}
    problems = []
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        for name, place in document.glean("brands", index, _searched(entry)):
            owner, first = owners.setdefault(fold(name.strip()), (index, place))
            if owner != index:
                text = f"{shown(name)} already finds the brand in line {first.line}; only one brand may have it"
                problems.append(Problem(place, text))
    return problems


def _searched(entry: object) -> str:
    """The matcher's rule, `Brand.looked_for`: the name itself is looked for only where nothing else is written."""
    written = isinstance(entry, dict) and (entry.get("aliases") or entry.get("patterns") or entry.get("query"))
    return "aliases" if written else "name"


def _maps(entries: Iterable[SourceEntry], document: Document, folder: Path, brands: list[str]) -> list[Problem]:
    """What is wrong with the column maps that the sources name, after the line that names them."""
    problems = []
    for index, entry in enumerate(entries):
        if entry.columns and (found := column_problems(folder / entry.columns, brands)):
            place = document.place(("sources", index, "columns"))
            problems += [Problem(place, f"column map {shown(entry.columns)} is not right; see its lines"), *found]
    return problems


def _brand(entry: BrandEntry) -> Brand:
    return Brand(
        id=entry.id,
        name=entry.name,
        aliases=tuple(entry.aliases),
        patterns=tuple(entry.patterns),
        never=tuple(entry.never),
        people=tuple(entry.people),
        products=tuple(entry.products),
        min_authors=entry.min_authors,
        keep=parse_duration(entry.keep) if entry.keep else None,
        query=entry.query or "",
    )


def _crisis(entry: CrisisEntry) -> Iterator[CrisisWord]:
    language = entry.language or ""
    for phrase in entry.words:
        for form in dict.fromkeys(forms(phrase, "n", language)):
            yield CrisisWord(
                phrase=form,
                weight=entry.weight,
                sector=entry.sector,
                owner=entry.owner or "",
                until=date.fromisoformat(entry.until) if entry.until else FOR_EVER,
                brands=tuple(entry.brands),
                language=language,
            )


def _source(entry: SourceEntry, folder: Path) -> Source:
    kind = SourceKind(entry.kind)
    known = NETWORKS.get(kind)
    url = entry.url or (known.url if known else "")
    return Source(
        id=entry.id,
        kind=kind,
        url=str(folder / url) if kind is SourceKind.FILE else url,
        network=known.name if known and "network" not in entry.model_fields_set else entry.network,
        language=entry.language,
        every=parse_duration(entry.every),
        conditional=entry.conditional,
        columns=str(folder / entry.columns) if entry.columns else None,
        query=entry.query or "",
        brands=tuple(entry.brands),
        full_text=FullText(entry.full_text),
        time_zone=entry.time_zone or "",
        until=datetime.fromisoformat(entry.until).replace(tzinfo=UTC) if entry.until else None,
        pages=entry.pages,
        reposts=entry.reposts,
    )


def _ranking(entry: VoicesEntry) -> Ranking:
    """The first tier that names a voice has it: regulators before press before large accounts."""
    named = [(voice, tier) for tier in (Tier.LARGE, Tier.PRESS, Tier.REGULATOR) for voice in getattr(entry, tier)]
    parted = [(*voice.partition("/"), tier) for voice, tier in named]
    return Ranking(
        sites={host: tier for host, slash, _, tier in parted if not slash},
        authors={(network, author): tier for network, slash, author, tier in parted if slash},
        large_from=entry.large_from,
    )


def _person(entry: PersonEntry) -> Person:
    return Person(
        id=entry.id,
        name=entry.name,
        email=entry.email,
        language=entry.language,
        time_zone=entry.time_zone,
        severity=Severity[entry.severity.upper()],
        brands=tuple(entry.brands),
        digest=entry.digest,
    )
