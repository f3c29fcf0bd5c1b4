"""The way to one Elasticsearch: patient where another try may help, and every error in our words."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from secrets import SystemRandom
from threading import Event
from time import monotonic
from typing import Any, TypeVar

import msgspec
from elastic_transport import JsonSerializer
from elasticsearch import Elasticsearch

from tocsin.adapters.elastic.troubles import FOREIGN, AbsentError, NotDoneError, told
from tocsin.adapters.elastic.trust import trusting
from tocsin.errors import ConflictError, PermanentError, TocsinError, TransientError

T = TypeVar("T")
Body = dict[str, Any]

PATIENCE = 30.0
"""Seconds that a busy or missing node is waited for before it is TransientError."""
TIMEOUT = 60.0
"""Seconds that one request may take."""
KEEP = "2m"
"""How long a snapshot waits between two pages."""
# Not by `ignore_unavailable`: with it a key without the right to read finds nothing, and all would seem calm.
NOTHING: Body = {"hits": {"hits": [], "total": {"value": 0}}}
"""What a search finds in an index that was never made."""

_log = logging.getLogger(__name__)
_chance = SystemRandom()


class _StrictJson(JsonSerializer):
    """JSON that is quick and refuses what is not Unicode, instead of sending it."""

    def json_dumps(self, data: Any) -> bytes:
        return msgspec.json.encode(data)

    def json_loads(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


class Cluster:
    """One Elasticsearch, for any thread of the process that opened it."""

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        *,
        login: tuple[str, str] | None = None,
        ca: Path | None = None,
    ) -> None:
        self.url = url
        self._owner = os.getpid()
        self._closed = Event()
        self._client = Elasticsearch(
            url,
            api_key=api_key,
            basic_auth=login,
            ssl_context=trusting(ca) if url.startswith("https:") else None,
            headers={"accept-encoding": "gzip"},  # What is long on its way out is compressed in bulk.py.
            request_timeout=TIMEOUT,
            max_retries=0,  # We retry: with jitter, with patience, and only what may be done twice.
            serializers={"application/json": _StrictJson()},
        )

    def ask(self, request: Callable[[Elasticsearch], T], *, again: bool = True) -> T:
        """Make a request, again and again while the node is busy or away; every error is one of tocsin.errors.

        `again` must be False where doing it twice does harm: an answer that got lost may hide that it was done.
        """
        deadline = monotonic() + PATIENCE
        for tries in count():
            try:
                return self.once(request)
            except ConflictError:
                raise
            except TransientError as exc:
                wait = pause(tries, exc.retry_after)
                if monotonic() + wait > deadline or not (again or isinstance(exc, NotDoneError)):
                    raise
                # Once: a node that is away for minutes would else fill the log with one sentence.
                _log.log(logging.DEBUG if tries else logging.WARNING, "%s; trying for %.0f s", exc, PATIENCE)
            if self._closed.wait(wait):
                raise PermanentError(f"{self.url} was closed")
        raise AssertionError("counting ends never")

    def once(self, request: Callable[[Elasticsearch], T]) -> T:
        """Make a request, once."""
        if self._closed.is_set():
            raise PermanentError(f"{self.url} was closed")
        # Two processes on one socket would read each other's answers.
        if os.getpid() != self._owner:
            raise PermanentError(f"{self.url} was opened before this process was forked: open it again here")
        try:
            return request(self._client)
        except FOREIGN as exc:
            raise told(exc, self.url) from exc

    def search(self, index: str, body: Body) -> Body:
        """Search what is there; an index that was never made holds nothing. Half an answer is an error."""
        try:
            return dict(self.ask(lambda es: es.search(index=index, allow_partial_search_results=False, **body)))
        except AbsentError:
            return NOTHING

    def hits(self, index: str, body: Body) -> Iterator[Body]:
        """Every hit of a sorted search, a page of `size` at a time, all from one moment."""
        with self._snapshot(index) as look:
            after: Body = {}
            while found := look({**body, **after})["hits"]["hits"]:
                yield from found
                if len(found) < body["size"]:
                    return
                after = {"search_after": found[-1]["sort"]}

    def buckets(self, index: str, page: Callable[[Body | None], Body]) -> Iterator[Body]:
        """Every bucket of the composite aggregation `page` in the order of its keys, all from one moment."""
        with self._snapshot(index) as look:
            after: Body | None = None
            while (found := look(page(after)).get("aggregations", {}).get("page", {})).get("buckets"):
                yield from found["buckets"]
                after = found["after_key"]

    def refresh(self, index: str) -> None:
        """Make all that was written before findable."""
        with suppress(AbsentError):
            self.ask(lambda es: es.indices.refresh(index=index))

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed.is_set()

    def close(self) -> None:
        """Let go of the connections; a forked process leaves its parent's alone."""
        if os.getpid() == self._owner and not self._closed.is_set():
            self._closed.set()
            self._client.close()

    @contextmanager
    def _snapshot(self, index: str) -> Iterator[Callable[[Body], Body]]:
        """Searches that all see one moment, so that what others write meanwhile moves nothing."""
        try:
            name: str = self.ask(lambda es: es.open_point_in_time(index=index, keep_alive=KEEP))["id"]
        except AbsentError:
            yield lambda _: NOTHING
            return

        def look(body: Body) -> Body:
            nonlocal name
            pit = {"id": name, "keep_alive": KEEP}
            try:
                answer = self.ask(lambda es: es.search(pit=pit, allow_partial_search_results=False, **body))
            except AbsentError as exc:
                raise TransientError(f"{index} moved while it was read: {exc}") from exc
            name = answer.get("pit_id", name)
            return dict(answer)

        try:
            yield look
        finally:
            with suppress(TocsinError):  # It would end by itself.
                self.once(lambda es: es.close_point_in_time(id=name))


def pause(tries: int, asked: float | None = None) -> float:
    """Seconds to wait before another try: twice as long each time, at most 5, with jitter; or what the node asked."""
    wait: float = min(0.1 * 2**tries, 5.0) * _chance.uniform(0.5, 1.0)
    return max(asked or 0.0, wait)
