"""The port X: tweepy asks, we listen."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import tweepy

from tocsin.adapters.x.compliance import Compliance
from tocsin.adapters.x.stream import SILENCE, OneConnection
from tocsin.adapters.x.way import TIMEOUT, Way, open_way, translated
from tocsin.errors import PermanentError
from tocsin.ports import FetchRequest, FetchResponse, Heard, StreamRule

ARCHIVE_PACE = 1.0
"""Seconds between two questions to the full archive: X allows one a second."""
_NO_TOKEN = "kept-by-tocsin"  # noqa: S105 - what tweepy holds instead of a token


class TweepyX:
    """Keeps the promise of the port X.

    `url`: scheme and host of the API, `https://api.x.com`. `silence`: seconds without a byte after which a stream is
    taken for dead. `pause`, `patience`: seconds between two looks at a compliance job, and for the whole of it.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = TIMEOUT,
        silence: float = SILENCE,
        pause: float = 10.0,
        patience: float = 1200.0,
    ) -> None:
        self._way = Way(url, token, timeout=timeout)
        self._client = tweepy.Client(_NO_TOKEN, return_type=requests.Response)
        self._stream = OneConnection(_NO_TOKEN, Way(url, token, timeout=timeout, silence=silence))
        self._compliance = Compliance(self._client, timeout=timeout, pause=pause, patience=patience)
        open_way(self._client.session, self._way)
        self._asked_archive = 0.0

    def __repr__(self) -> str:
        return "TweepyX()"

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """Answer a search or a count; errors as the port says."""
        return await asyncio.to_thread(self._fetch, request)

    def rules(self) -> tuple[StreamRule, ...]:
        """Give all rules of the app."""
        with translated():
            found = self._stream.get_rules().json()
        listed = found.get("data") if isinstance(found, dict) else None
        return tuple(
            StreamRule(str(one.get("value", "")), str(one.get("tag", "")), str(one.get("id", "")))
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, dict)
        )

    def add_rules(self, rules: Sequence[StreamRule]) -> None:
        """Add rules, some hundred at a time. PermanentError: X refused one."""
        for lot in _lots(rules):
            with translated():
                told = self._stream.add_rules([tweepy.StreamRule(rule.value, rule.tag) for rule in lot]).json()
            _refuse(told)

    def delete_rules(self, ids: Sequence[str]) -> None:
        """Delete rules, some hundred at a time."""
        for lot in _lots(ids):
            with translated():
                told = self._stream.delete_rules(list(lot)).json()
            _refuse(told)

    def listen(self, heard: Heard, params: Mapping[str, str]) -> None:
        """Connect once and give on what comes; errors as the port says."""
        self._stream.listen(heard, params)

    def gone(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Ask by a batch compliance job. TransientError: X is still at it after `patience`."""
        return self._compliance.gone(ids)

    def _fetch(self, request: FetchRequest) -> FetchResponse:
        place = urlsplit(request.url)
        told = {name.replace(".", "_"): value for name, value in parse_qsl(place.query)}
        if place.path.endswith("/all"):
            self._keep_pace()
        try:
            with translated():
                response = self._method(place.path)(**told)
                return FetchResponse(request.url, response.status_code, response.content)
        except PermanentError as exc:
            refused = exc.__cause__
            if isinstance(refused, tweepy.HTTPException) and refused.response.status_code in request.errors:
                return FetchResponse(request.url, refused.response.status_code, refused.response.content)
            raise

    def _method(self, path: str) -> Callable[..., requests.Response]:
        methods: dict[str, Callable[..., requests.Response]] = {
            "/2/tweets/search/recent": self._client.search_recent_tweets,
            "/2/tweets/search/all": self._client.search_all_tweets,
            "/2/tweets/counts/recent": self._client.get_recent_tweets_count,
        }
        return methods[path]

    def _keep_pace(self) -> None:
        sleep(max(0.0, self._asked_archive + ARCHIVE_PACE - monotonic()))
        self._asked_archive = monotonic()


def _lots(things: Sequence[Any]) -> list[Sequence[Any]]:
    return [things[at : at + 100] for at in range(0, len(things), 100)]


def _refuse(told: Any) -> None:
    """X answers 200 or 201 also where it took only a part."""
    errors = told.get("errors") if isinstance(told, dict) else None
    if isinstance(errors, list) and errors:
        first = errors[0] if isinstance(errors[0], dict) else {}
        why = first.get("details") or first.get("detail") or first.get("title") or "no reason given"
        reason = why if isinstance(why, str) else json.dumps(why, ensure_ascii=False)
        raise PermanentError(
            f"X refused {len(errors)} rules: {reason[:200]}; the first: {str(first.get('value'))[:120]}"
        )
