"""How many posts there are, before any is paid for: X counts them, and the pace tells when the month's are spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from tocsin.collect.networks.answers import items, part, read_json
from tocsin.collect.networks.asking import XAccess
from tocsin.collect.poll import Round
from tocsin.collect.x.budget import POSTS, spent, spent_on
from tocsin.collect.x.reading import queries
from tocsin.errors import TransientError
from tocsin.model import Source
from tocsin.ports import FetchRequest, FetchResponse

DAYS = 7
"""How far back X counts for everybody."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The month's budget at a moment."""

    limit: int
    used: int
    per_day: float | None
    """Posts a day that the sources find, by X's count of the last seven days; None: not counted."""
    spent_on: datetime | None
    """When the rest is spent at this pace; None: not this month, or not counted."""


def outlook(around: Round, per_day: float | None) -> Outlook:
    """Say what is left of the month, and for how long at this pace."""
    limit, used = around.access.budgets[POSTS], spent(around.states.all(), around.now)
    ends = None if per_day is None else spent_on(limit - used, per_day, around.now)
    return Outlook(limit, used, per_day, ends)


async def pace(sources: Sequence[Source], x: XAccess) -> float:
    """Ask X how many posts a day the sources find. Each query is one question, paid for as one, and reads no post."""
    total = 0
    for source in sources:
        for query in queries(source, x):
            total += read_counts(await x.door.fetch(ask_counts(source, query)))
    return total / DAYS


def ask_counts(source: Source, query: str) -> FetchRequest:
    """Ask how many posts of the last seven days a query finds."""
    told = urlencode({"query": query, "granularity": "day"})
    return FetchRequest(f"{source.url}/2/tweets/counts/recent?{told}", errors=(400,))


def read_counts(answer: FetchResponse) -> int:
    """Read how many. TransientError: it does not say."""
    document = read_json(answer)
    total = part(document, "meta", "total_tweet_count")
    if isinstance(total, int):
        return total
    counts = [part(one, "tweet_count") for one in items(part(document, "data"))]
    if not counts or not all(isinstance(count, int) for count in counts):
        raise TransientError("answered JSON without a count of posts")
    return sum(counts)
