"""What X is asked for: the brands' names as queries and as stream rules, within its limits.

Facts from docs.x.com, "Build a query", "Build a rule", "Filtered stream: access levels", "Rate limits" (August 2026).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tocsin.collect.x.asked import pieces
from tocsin.collect.x.terms import length, once, spellings, ways_to_ask
from tocsin.errors import PermanentError
from tocsin.model import Brand
from tocsin.ports import StreamRule

TAG = "tocsin:"
"""What the tags of our rules begin with, before the brand's id; all other rules are somebody else's."""

_NO_REPOSTS = "-is:retweet"


@dataclass(frozen=True, slots=True)
class Limits:
    """What X takes of us at one access level: characters of a query (recent, full archive) and of a rule, rules."""

    query: int
    archive: int
    rule: int
    rules: int


LIMITS: Mapping[str, Limits] = MappingProxyType(
    {"self_serve": Limits(512, 1_024, 1_024, 1_000), "enterprise": Limits(4_096, 4_096, 2_048, 25_000)}
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What makes the rules that X holds those that we want."""

    add: tuple[StreamRule, ...]
    delete: tuple[str, ...]
    """Ids."""


def queries_of(brands: Iterable[Brand], longest: int, *, reposts: bool = False) -> tuple[str, ...]:
    """Write searches of at most `longest` characters (256 or more) that together find every name of every brand.

    Brands share a query where they can, so that a hundred of them cost few requests. One with `never` words has its
    own: a negation holds for a whole query. So has one with a `query`.
    """
    together = [term for brand in brands if _is_plain(brand) for term in terms_of(brand)]
    apart = [
        query for brand in brands if not _is_plain(brand) for query in _of_brand(brand, longest, reposts=reposts)
    ]
    return tuple(dict.fromkeys([*_pack(once(together), _tail((), reposts=reposts), longest), *apart]))


def query_of(words: str, *, reposts: bool = False) -> str:
    """Write the search for what a source itself asks for; "" where nothing of it can be asked."""
    return next(_pack(spellings(words)[:1], _tail((), reposts=reposts), len(words) + 64), "")


def rules_of(brands: Iterable[Brand], limits: Limits, *, reposts: bool = False) -> tuple[StreamRule, ...]:
    """Write the stream's rules, each of one brand and tagged so; of two that read alike X takes only the first."""
    found: dict[str, StreamRule] = {}
    for brand in brands:
        for value in _of_brand(brand, limits.rule, reposts=reposts, accents=True):
            found.setdefault(value, StreamRule(value, f"{TAG}{brand.id}"))
    return tuple(found.values())


def changes(wanted: Sequence[StreamRule], held: Iterable[StreamRule], limits: Limits) -> Changes:
    """Say what to add and to delete. PermanentError: with the rules of others there are more than X takes.

    Rules without our tag are never deleted; where one of them reads like ours, X would refuse ours.
    """
    held = tuple(held)
    ours = {rule.id: rule for rule in held if rule.tag.startswith(TAG)}
    others = {rule.value for rule in held if rule.id not in ours}
    want = {(rule.value, rule.tag) for rule in wanted if rule.value not in others}
    have = {(rule.value, rule.tag) for rule in ours.values()}
    if len(want) + len(held) - len(ours) > limits.rules:
        raise PermanentError(
            f"X takes {limits.rules:,} rules: these brands need {len(want):,}, others of the app hold {len(others):,}"
        )
    return Changes(
        tuple(rule for rule in wanted if (rule.value, rule.tag) in want - have),
        tuple(key for key, rule in ours.items() if (rule.value, rule.tag) not in want),
    )


def terms_of(brand: Brand, *, accents: bool = False) -> list[str]:
    """Give every way to ask for a brand: phrases, `#hashtags`, `@handles`, `$cashtags`, each once.

    `accents`: also without them; a stream finds "Crédit" by that alone, a search finds both by it.
    """
    names = brand.looked_for or (() if brand.query else (brand.name,))
    return ways_to_ask(names, accents=accents)


def _of_brand(brand: Brand, longest: int, *, reposts: bool, accents: bool = False) -> Iterator[str]:
    """Write a brand's queries; `never` words are left out where they take too much of the room.

    That is half of it, or a quarter beside a query. They only save what posts cost: our own matcher reads them again.
    """
    terms = terms_of(brand, accents=accents)
    room = min(longest // (4 if brand.query else 2), longest - max(map(len, terms), default=0) - 2)
    fitting: list[str] = []
    for word in once(term for never in brand.never for term in spellings(never)[:1]):
        if len(_tail([*fitting, word], reposts=reposts)) <= room:
            fitting.append(word)
    tail = _tail(fitting, reposts=reposts)
    yield from _pack(terms, tail, longest)
    yield from (f"{piece}{tail}" for piece in pieces(brand.query, longest - length(tail), accents=accents))


def _is_plain(brand: Brand) -> bool:
    return not brand.never and not brand.query


def _tail(never: Sequence[str], *, reposts: bool) -> str:
    """Groups cannot be negated, each word must be."""
    return "".join(f" {part}" for part in (*(f"-{word}" for word in never), *(() if reposts else (_NO_REPOSTS,))))


def _pack(terms: Sequence[str], tail: str, longest: int) -> Iterator[str]:
    group: list[str] = []
    for term in terms:
        if group and length(_join([*group, term], tail)) > longest:
            yield _join(group, tail)
            group = []
        group.append(term)
    if group:
        yield _join(group, tail)


def _join(terms: Sequence[str], tail: str) -> str:
    """Without brackets the tail would belong to the last term only."""
    return (f"({' OR '.join(terms)})" if len(terms) > 1 else terms[0]) + tail
