"""What a social network is asked and what it answers, in words that are the same for all of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.model import Brand, Source
from tocsin.ports import FetchRequest, FetchResponse, TokenShelf, X

FIRST_LOOK = timedelta(days=7)
"""How far back a source is read that was never read before, where its network can be asked by time."""
OVERLAP = timedelta(minutes=10)
"""How far before the cursor is read again: what networks index late, or authors date back, comes out of order."""

Credentials = Mapping[str, str]
"""What a network knows us by, under names such as `token`; secret, so never in a message."""


def phrase(words: str) -> str:
    """Write words as searches take them when they shall stand side by side; those of `beside` are written already."""
    return words if words.startswith('"') else f'"{words.replace(chr(34), " ")}"'


def beside(name: str, company: Collection[str]) -> str:
    """Write a name and the phrases that stand with it in any order: `"orange" "forfait"`; a hashtag stays alone."""
    words = [word for word in company if not word.startswith(("#", "@"))]
    return " ".join(map(phrase, (name, *words))) if words and not name.startswith(("#", "@")) else name


def alone(words: str) -> str:
    """Give the name of what `beside` wrote, for networks that take one phrase."""
    return words[1:].partition('"')[0] if words.startswith('"') else words


@dataclass(frozen=True, slots=True)
class Question:
    """One request for one page. `cursor` and `page` are the network's own words; empty ones mean the beginning."""

    source: Source
    words: str
    """What to look for: a brand's name, a hashtag, a page of the network."""
    now: datetime
    cursor: str = ""
    """Up to where an earlier reading had read everything."""
    reached: str = ""
    """The cursor that the earlier pages of this reading gave."""
    page: str = ""
    credentials: Credentials = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Post:
    """A post as its network tells it: nothing cleaned. `id` and `author` are the same wherever it is met."""

    id: str
    url: str
    author: str
    text: str
    title: str = ""
    published: datetime | None = None
    language: str | None = None
    audience: int | None = None
    """Followers of the author, where the network says so."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something on a page that is no post, with the reason and how it begins."""

    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer held. `cursor` holds once `next` is empty: the reading is then complete."""

    posts: tuple[Post, ...]
    bad: tuple[Unread, ...]
    cursor: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a network exchanges what we have for a token of some hours."""

    ask: Callable[[Question], FetchRequest]
    read: Callable[[FetchResponse], str]
    """The token. PermanentError: the network does not know us."""
    lasts: timedelta
    """How long it is used: less than it is good for."""


@dataclass(frozen=True, slots=True)
class Network:
    """One network: `ask` writes the request of a question, `read` its answer. Both are pure.

    `read` raises TransientError (come back later), PermanentError (not with these credentials) or BadItemError (not
    with these words or this page: others may do).
    """

    name: str
    url: str
    """Where it answers, unless the source says otherwise."""
    credentials: tuple[str, ...]
    """Names of what it needs. In an Airflow connection the last is the password, one before it the login."""
    ask: Callable[[Question], FetchRequest]
    read: Callable[[FetchResponse, Question], Page]
    sign_in: SignIn | None = None
    is_open: Callable[[str], bool] = lambda _: False
    """Says whether these words can be asked for without credentials."""
    words: Callable[[tuple[str, ...], Question], tuple[str, ...]] = lambda names, _: names
    """What a source is asked that says no words itself, from the names of the brands; its words are empty yet."""
    takes_company: bool = False
    """Whether it can be asked for a name and other words that stand anywhere in the post."""
    budgets: tuple[str, ...] = ()
    """Names of what its questions are counted by, as in the settings."""
    cost: Callable[[Question], str] = lambda _: ""
    """Name of the budget that a question draws one from; empty: it is free."""
    day_zone: str = "UTC"
    """Time zone of the day that budgets are counted by."""


@dataclass(frozen=True, slots=True)
class XAccess:
    """What reading X needs besides."""

    door: X
    brands: tuple[Brand, ...]
    """Whom to ask for: not by their names alone, since X can leave words out."""
    level: str = "self_serve"
    """Key of `collect.x.rules.LIMITS`."""
    forget: Callable[[Collection[str], datetime], None] = lambda _ids, _since: None
    """Erases older versions of posts (mention ids), none of which was collected before that moment."""


@dataclass(frozen=True, slots=True)
class Access:
    """What reading networks needs of the team: whom to look for, what the networks know us by, what may be spent."""

    names: tuple[str, ...] = ()
    """What the brands are looked for by, each once; with company as `beside` writes it."""
    credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    """By network."""
    budgets: Mapping[str, int] = field(default_factory=dict)
    """By name: how many questions a day, over all sources of its network; `x_posts`: how many posts a month."""
    tokens: TokenShelf | None = field(default=None, repr=False)
    """Where log-ins are kept between rounds; None: each round logs in anew."""
    patience: timedelta = timedelta(minutes=2)
    """How long a visit goes on to another page; then the rest is left to the next visit."""
    x: XAccess | None = None
    """None where there is no token for X."""
