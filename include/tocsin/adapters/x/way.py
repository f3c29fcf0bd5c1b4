"""The way to X: the host that we choose, a token that tweepy never holds, a time limit, no cookies and no proxies."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import tweepy
from requests.adapters import HTTPAdapter

from tocsin.errors import PermanentError, TocsinError, TransientError

HOST = "https://api.twitter.com"
"""The host that tweepy asks, written in its source."""
TIMEOUT = 30.0
"""Seconds without a byte after which a question is given up; tweepy itself would wait for ever."""
LONGEST_WAIT = 24 * 3600.0
_SAID = 200

# Its debug lines hold whole posts and all headers of a request.
logging.getLogger("tweepy.client").setLevel(logging.INFO)


class Way(HTTPAdapter):
    """Sends what tweepy asks to our host, with the token: tweepy has none that it could log."""

    def __init__(self, url: str, token: str, *, timeout: float = TIMEOUT, silence: float | None = None) -> None:
        super().__init__()
        self._url = url
        self._token = token
        self._timeout = timeout
        self._silence = silence or timeout
        self.last: requests.Response | None = None
        """The last answer: tweepy tells a stream's error by its status alone."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send it to our host."""
        request.url = self._url + (request.url or "").removeprefix(HOST)
        request.headers["Authorization"] = f"Bearer {self._token}"
        options["timeout"] = self._silence if options.get("stream") else self._timeout
        options["proxies"] = {}
        self.last = super().send(request, *args, **options)
        return self.last


def open_way(session: requests.Session, way: Way) -> None:
    """Let a session of tweepy's go by our way only."""
    session.trust_env = False  # No proxy, and no .netrc that would replace the token.
    session.max_redirects = 0
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()
    session.mount(HOST, way)


@contextmanager
def translated() -> Iterator[None]:
    """Raise our errors for tweepy's, as short sentences without what a person wrote."""
    try:
        yield
    except tweepy.HTTPException as exc:
        raise error_of(exc.response) from exc
    except tweepy.TweepyException as exc:
        raise PermanentError(f"tweepy: {str(exc)[:_SAID]}") from exc
    except requests.TooManyRedirects as exc:
        raise PermanentError("answered with a redirect; X has none, see TOCSIN_X_URL") from exc
    except requests.RequestException as exc:
        # Not its text: it holds the address, and that what was asked for.
        raise TransientError(f"no whole answer ({type(exc).__name__})") from exc
    except ValueError as exc:
        raise TransientError("answered something else than whole JSON") from exc


def error_of(response: requests.Response) -> TocsinError:
    """Say in our words why X refused."""
    status = response.status_code
    told = f"answered {status}: {said}" if (said := _said(response)) else f"answered {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        if "cap" in said.lower():
            return TransientError(f"{told}; X's own cap of posts is reached", retry_after=LONGEST_WAIT, status=status)
        return TransientError(told, retry_after=until_reset(response), status=status)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransientError(told, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        return PermanentError(f"{told}; set a valid TOCSIN_X_BEARER_TOKEN", status=status)
    return PermanentError(told, status=status)


def until_reset(response: requests.Response) -> float | None:
    """Seconds until the window begins anew, by the server's own clock."""
    try:
        at = float(response.headers["x-rate-limit-reset"])
        wait = at - parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT) if wait == wait else None  # noqa: PLR0124 - NaN is not itself


def _said(response: requests.Response) -> str:
    """The reason that a problem gives, on one line: `detail`, else the first error's, else the title."""
    try:
        told = response.json()
    except (ValueError, requests.RequestException, RuntimeError):
        return ""
    if not isinstance(told, dict):
        return ""
    errors = told.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    for value in (told.get("detail"), first.get("detail"), first.get("message"), told.get("title")):
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())[:_SAID]
    return ""
