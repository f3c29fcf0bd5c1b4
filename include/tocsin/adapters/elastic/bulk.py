"""Many documents in one request: what a busy node puts off is sent again, what it refuses comes with its reason."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any, Literal

import msgspec

from tocsin.adapters.elastic.connection import PATIENCE, Cluster, pause
from tocsin.adapters.elastic.troubles import TOO_LARGE, TooLargeError, is_busy, reason
from tocsin.errors import PermanentError, TransientError

Item = dict[str, Any]

# Said to be JSON, not lines of JSON: for those the client would put a line end behind the compressed bytes.
_HEADERS = {"accept": "application/json", "content-type": "application/json", "content-encoding": "gzip"}
_ONLY = {"filter_path": "items.*.status,items.*.error"}


@dataclass(frozen=True, slots=True)
class Put:
    """A document on its way: `create` finds an id taken, `index` replaces, `delete` takes it away."""

    index: str
    id: str
    source: bytes = b""
    action: Literal["create", "index", "delete"] = "create"
    revision: str = ""
    """Where it is said, only the document as it was seen is changed; any other is `taken`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a document: `refused` says why it never can go in; `taken`, that its id is held.

    `absent`: it was to be deleted and was not there.
    """

    taken: bool = False
    absent: bool = False
    refused: str = ""


class Bulk:
    """The bulk requests of one node."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def send(self, puts: Sequence[Put]) -> list[Answer]:
        """Send all and answer for each, in order. TransientError: the node stayed busy; a part may be stored."""
        told = self._send(puts) if puts else []
        deadline, tries = monotonic() + PATIENCE, 0
        while busy := [at for at, item in enumerate(told) if is_busy(item["status"], item.get("error", {}))]:
            wait = pause(tries)
            if monotonic() + wait > deadline:
                why = reason(told[busy[0]]["error"])
                raise TransientError(f"{self._cluster.url} puts off {len(busy)} of {len(puts)} documents: {why}")
            sleep(wait)
            tries += 1
            for at, item in zip(busy, self._send([puts[at] for at in busy]), strict=True):
                told[at] = item
        return [self._answer(item) for item in told]

    def _send(self, puts: Sequence[Put]) -> list[Item]:
        """Send in one request, or in two halves where it is larger than the node takes."""
        # Level 1: the client's own compression takes the highest level, five times as long for a tenth less to send.
        body = gzip.compress(b"".join(map(_lines, puts)), compresslevel=1)
        try:
            told = self._cluster.ask(
                lambda es: es.perform_request("POST", "/_bulk", params=_ONLY, headers=_HEADERS, body=body).body
            )
        except TooLargeError as exc:
            if len(puts) == 1:
                return [{"status": TOO_LARGE, "error": {"type": "too_large", "reason": str(exc)}}]
            half = len(puts) // 2
            return self._send(puts[:half]) + self._send(puts[half:])
        return [next(iter(item.values())) for item in told["items"]]

    def _answer(self, item: Item) -> Answer:
        status, error = item["status"], item.get("error")
        if status == 409:
            return Answer(taken=True)
        if error is None:
            return Answer(absent=status == 404)
        if status in {401, 403}:  # No fault of this document.
            raise PermanentError(f"{self._cluster.url} answered {status}: {reason(error)}")
        return Answer(refused=reason(error))


def _lines(put: Put) -> bytes:
    named: Item = {"_index": put.index, "_id": put.id}
    if put.revision:
        seq_no, term = put.revision.split(".")
        named |= {"if_seq_no": int(seq_no), "if_primary_term": int(term)}
    action = msgspec.json.encode({put.action: named})
    return b"%b\n" % action if put.action == "delete" else b"%b\n%b\n" % (action, put.source)
