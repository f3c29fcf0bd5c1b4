"""The way to Kibana: patient where another try may help, deaf to redirects, every refusal in our words."""

import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from secrets import SystemRandom
from threading import Event
from time import monotonic
from typing import Any

import httpx
from pydantic import SecretStr

from tocsin.adapters.kibana.answers import Json, words
from tocsin.errors import PermanentError, TocsinError, TransientError

PATIENCE = 30.0
"""Seconds that a busy or missing Kibana is waited for before it is TransientError."""
TIMEOUT = 60.0
"""Seconds that Kibana may stay silent; an import of many dashboards takes some."""
MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer above which this is no Kibana."""

PRIVILEGE = "the Kibana privilege Saved Objects Management: All in this space"
LOG_IN = f"set TOCSIN_KIBANA_API_KEY, or TOCSIN_KIBANA_USERNAME and TOCSIN_KIBANA_PASSWORD, for one with {PRIVILEGE}"

_BUSY = frozenset({408, 429, 502, 503, 504})

_log = logging.getLogger(__name__)
_chance = SystemRandom()


@dataclass(frozen=True, slots=True)
class LogIn:
    """Who we are to Kibana: an API key, or else a name and a password, or nobody."""

    api_key: SecretStr | None = None
    username: str | None = None
    password: SecretStr | None = None

    def headers(self) -> dict[str, str]:
        """The header that carries the key."""
        return {"Authorization": f"ApiKey {self.api_key.get_secret_value()}"} if self.api_key else {}

    def basic(self) -> httpx.BasicAuth | None:
        """Name and password, where there is no key."""
        if self.api_key or not (self.username and self.password):
            return None
        return httpx.BasicAuth(self.username, self.password.get_secret_value())


@dataclass(frozen=True, slots=True)
class Answer:
    """What Kibana answered, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Json:
        """The body as a JSON object; empty where it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


class Way:
    """One Kibana, asked over HTTP.

    The certificate is checked by the system's authorities. Proxies, cookies and `.netrc` are not used and redirects
    not followed: the log-in goes to `url` and nowhere else.
    """

    def __init__(self, url: str, log_in: LogIn, *, patience: float, timeout: float) -> None:
        self.url = url.rstrip("/")
        self._patience = patience
        self._client = httpx.Client(
            headers={"kbn-xsrf": "tocsin", **log_in.headers()},
            auth=log_in.basic(),
            timeout=httpx.Timeout(timeout, connect=min(10.0, timeout)),
            verify=ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
        )

    def ask(self, method: str, path: str, **given: Any) -> Answer:
        """Ask, again and again while Kibana is busy or away: all that we ask may be done twice.

        TransientError when patience ends. Any other answer is given back, also a refusal: see `refusal`.
        """
        deadline = monotonic() + self._patience
        for tries in count():
            try:
                return self._once(method, path, **given)
            except TransientError as exc:
                wait = max(exc.retry_after or 0.0, min(0.2 * 2**tries, 5.0) * _chance.uniform(0.5, 1.0))
                if monotonic() + wait > deadline:
                    raise
                _log.warning("%s; trying again in %.1f s", exc, wait)
            Event().wait(wait)
        raise AssertionError("counting ends never")

    def refusal(self, answer: Answer) -> TocsinError:
        """Say what an answer means that is not the one we hoped for."""
        status, reason = answer.status, words(answer.told.get("message")) or "no reason given"
        if 300 <= status < 400:
            place = words(answer.headers.get("location", "").partition("?")[0])
            return PermanentError(f"{self.url} sends us to {place}: a log-in page stands before it that takes no key")
        told = {
            200: "does not answer as a Kibana does; is this its own address?",
            401: f"does not know us (401); {LOG_IN}",
            403: f"forbids it (403): {reason}; our log-in needs {PRIVILEGE}",
            404: "has no such API (404); is this the address of Kibana itself?",
            413: "takes no file of this size (413); raise savedObjects.maxImportPayloadBytes in kibana.yml, "
            "or the limit of the proxy before it (nginx: client_max_body_size)",
        }
        return PermanentError(f"{self.url} {told.get(status, f'answered {status}: {reason}')}")

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _once(self, method: str, path: str, **given: Any) -> Answer:
        try:
            with self._client.stream(method, self.url + path, **given) as response:
                answer = Answer(response.status_code, response.headers, self._read(response))
        except httpx.TimeoutException as exc:
            raise TransientError(f"{self.url} did not answer in time") from exc
        except httpx.HTTPError as exc:
            if "CERTIFICATE_VERIFY_FAILED" in str(exc):
                raise PermanentError(f"{self.url}: the certificate is not trusted: {words(exc)}") from exc
            raise TransientError(f"{self.url} cannot be reached: {words(exc)}") from exc
        if answer.status in _BUSY:
            raise TransientError(f"{self.url} is busy (it answered {answer.status})", retry_after=_wait(answer))
        return answer

    def _read(self, response: httpx.Response) -> bytes:
        size, parts = 0, []
        for part in response.iter_bytes():
            size += len(part)
            if size > MAX_ANSWER:
                raise PermanentError(f"{self.url} answers with more than {MAX_ANSWER} bytes; is it a Kibana?")
            parts.append(part)
        return b"".join(parts)


def _wait(answer: Answer) -> float | None:
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isascii() and said.isdecimal() else None
