"""Which posts are gone, by X's batch compliance: a list of ids is left, and what must go is fetched when ready."""

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from ipaddress import ip_address
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy

from tocsin.adapters.x.way import translated
from tocsin.errors import PermanentError, TransientError

NAME = "tocsin"
_PLACES_ONLY = "scrub_geo"
"""Asks that the place be forgotten; we keep none."""


class Compliance:
    """Jobs of one app, one at a time, as X allows."""

    def __init__(self, client: tweepy.Client, *, timeout: float, pause: float, patience: float) -> None:
        self._client = client
        self._timeout = timeout
        self._pause = pause
        self._patience = patience

    def gone(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Leave the ids, wait, and give what must not be kept with the reason; none asked, none gone."""
        if not ids:
            return {}
        with translated():
            job = _job(self._client.create_compliance_job("tweets", name=NAME).json())
            self._carry("PUT", job["upload_url"], "\n".join(ids).encode())
            done = self._finished(job["id"])
            return dict(_actions(self._carry("GET", done["download_url"])))

    def _finished(self, name: str) -> dict[str, str]:
        until = monotonic() + self._patience
        while True:
            job = _job(self._client.get_compliance_job(name).json())
            if job.get("status") == "complete":
                return job
            if job.get("status") in {"failed", "expired"}:
                raise TransientError(f"X could not do the compliance job: {job['status']}")
            if monotonic() >= until:
                raise TransientError("X is still at the compliance job; run again later")
            sleep(self._pause)

    def _carry(self, method: str, url: str, body: bytes | None = None) -> bytes:
        """Bring or fetch the list at the address that X signed: without our token, which it does not want."""
        _check(url)
        with requests.Session() as session:
            session.trust_env = False
            session.max_redirects = 0
            headers = {"Content-Type": "text/plain"} if body is not None else {}
            answer = session.request(method, url, data=body, headers=headers, timeout=self._timeout)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise TransientError(f"the store of the compliance job answered {answer.status_code}")
        return answer.content


def _job(told: Any) -> dict[str, str]:
    found = told.get("data") if isinstance(told, dict) else None
    if not isinstance(found, dict):
        raise TransientError("answered without a compliance job")
    job = {name: value for name, value in found.items() if isinstance(value, str)}
    if missing := [name for name in ("id", "upload_url", "download_url") if not job.get(name)]:
        raise TransientError(f"answered a compliance job without {missing[0]}")
    return job


def _actions(body: bytes) -> Iterator[tuple[str, str]]:
    for line in body.splitlines():
        if line.strip():
            told = json.loads(line)
            if isinstance(told, dict) and told.get("action") == "delete" and told.get("reason") != _PLACES_ONLY:
                yield str(told.get("id", "")), str(told.get("reason", ""))


def _check(url: str) -> None:
    """An address out of an answer: over TLS to a name, or on this machine as tests have it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        here = host == "localhost" or ip_address(host).is_loopback
        bare = True
    except ValueError:
        here, bare = False, False
    if not here and (parts.scheme != "https" or bare or not host):
        raise PermanentError("the compliance job names a place that is not ours to go to")
