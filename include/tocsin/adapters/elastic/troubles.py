"""What Elasticsearch says when it does not do what it was asked, in our words and with the remedy."""

from typing import Any, TypeAlias

from elastic_transport import ConnectionTimeout, SerializationError, TlsError, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from tocsin.errors import BadItemError, ConflictError, PermanentError, TocsinError, TransientError

FOREIGN = (ApiError, TransportError, UnsupportedProductError)
"""Everything that the client raises."""
Foreign: TypeAlias = ApiError | TransportError | UnsupportedProductError

BUSY = frozenset({408, 429, 500, 502, 503, 504})
TOO_LARGE = 413

_KEY = "set TOCSIN_ELASTICSEARCH_API_KEY to a key with the privileges that include/docs/elasticsearch.md lists"

_TLS_REMEDIES = {
    "ostname mismatch": "its certificate is for another name; write a name that stands in it for the host",
    "address mismatch": "its certificate is for another address; write a name that stands in it for the host",
    "has expired": "its certificate has expired; have it renewed",
    "not yet valid": "its certificate is not valid yet; look at the clocks of both machines",
    "CERTIFICATE_VERIFY_FAILED": (
        "its certificate is not trusted; set TOCSIN_ELASTICSEARCH_CA to the PEM file of the authority that signed it "
        "(Elasticsearch's own: config/certs/http_ca.crt)"
    ),
}
"""What OpenSSL says of a certificate, and what helps; the last fits whatever the others do not."""


class NotDoneError(TransientError):
    """The node refused before it did anything, so that even what may be done only once can be tried again."""


class AbsentError(PermanentError):
    """The index was never made."""


class DeniedError(PermanentError):
    """We are known, and have not the right."""


class TooLargeError(PermanentError):
    """The request is larger than the node takes."""


def told(exc: Foreign, where: str) -> TocsinError:
    """Sort a foreign error by one question: is another try worth it?"""
    if isinstance(exc, SerializationError) and exc.errors and isinstance(exc.errors[0], UnicodeEncodeError):
        return BadItemError(f"not Unicode text: {exc.errors[0]}")
    if isinstance(exc, UnsupportedProductError):
        return PermanentError(f"{where} is not Elasticsearch: {exc.message}")
    if isinstance(exc, ApiError):
        return _answered(exc, where)
    if isinstance(exc, TlsError):
        return _untrusted(exc, where)
    if isinstance(exc, SerializationError):
        return PermanentError(f"{where}: the answer is not JSON; is this the address of Elasticsearch itself?")
    if isinstance(exc, ConnectionTimeout):
        return TransientError(f"{where} did not answer in time")
    # Not `str(exc)`: the transport leaves the cause out of it.
    cut = where.startswith("http:") and "aborted" in exc.message
    hint = "; if it never answered, it may speak https" if cut else ""
    return TransientError(f"{where} cannot be reached: {exc.message}{hint}")


def _untrusted(exc: TlsError, where: str) -> TocsinError:
    """Say why there is no safe way, and how to make one: the certificate is never left unchecked."""
    said = exc.message
    if "EOF" in said:  # A node that is about to start or to stop hangs up in the middle.
        return TransientError(f"{where} cannot be reached: {said}")
    if "WRONG_VERSION_NUMBER" in said or "HTTP_REQUEST" in said:
        return PermanentError(f"{where} does not speak https; write http:// if that is meant, or find its TLS port")
    for sign, remedy in _TLS_REMEDIES.items():
        if sign in said:
            return PermanentError(f"{where}: {remedy} ({said})")
    return PermanentError(f"{where}: no safe connection: {said}")


def is_busy(status: int, error: dict[str, Any]) -> bool:
    """Say whether one item of a bulk may go in at a later try: a full queue, a closed door, an index on the move."""
    kind = error.get("type")
    return status in BUSY or kind in {
        "cluster_block_exception",
        "index_not_found_exception",
        "index_closed_exception",
    }


def reason(error: dict[str, Any]) -> str:
    """The reason of an item's error with what caused it, on one line."""
    parts = [f"{error.get('type')}: {error.get('reason')}"]
    cause = error.get("caused_by")
    if cause:
        parts.append(f"{cause.get('type')}: {cause.get('reason')}")
    return " ".join("; ".join(parts).split())[:1000]


def _answered(exc: ApiError, where: str) -> TocsinError:
    status, error = exc.status_code, _first_error(exc)
    words = f"{where} answered {status}: {reason(error)}"
    if status == 409:
        return ConflictError(words)
    if error.get("type") == "index_not_found_exception":
        return AbsentError(words)
    if is_busy(status, error):
        kind = NotDoneError if status == 429 else TransientError
        return kind(words, retry_after=_seconds(exc.meta.headers.get("retry-after")))
    if status == TOO_LARGE:
        return TooLargeError(words)
    if status == 401:
        return PermanentError(f"{where} does not know us (401); {_KEY}")
    if status == 403:
        return DeniedError(f"{words}; {_KEY}")
    return PermanentError(words)


def _first_error(exc: ApiError) -> dict[str, Any]:
    body = exc.body
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return {"type": "error", "reason": str(error or exc.body or "no reason given")[:300]}
    causes = error.get("root_cause") or [error]
    return {**error, **causes[0]}


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdecimal() else None
