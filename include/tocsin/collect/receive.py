"""What hubs hear at the callback, to their questions and to what they push: it is durable before they hear 2xx."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from threading import Lock

from tocsin.collect.websub import Place, confirmed, denied, signed_by, takes_pushes
from tocsin.errors import ConflictError
from tocsin.model import Parcel, Report, Stage, Subscription
from tocsin.ports import BatchStore, ReportLog, Subscriptions

log = logging.getLogger(__name__)

BODY_CAP = 4 * 1024 * 1024
"""Bytes of a push; a longer document is polled as before."""
WAITING_CAP = 1_000
"""Pushes that may wait to be read, four gigabytes at the very worst; the hub then comes again later."""
_TRIES = 5
_HOUR = "%Y-%m-%dT%H"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hub hears; `body` is its own challenge or nothing."""

    status: int
    body: str = ""


UNKNOWN, GONE, TAKEN, LATER = Answer(404), Answer(410), Answer(202), Answer(503)


@dataclass(slots=True)
class Receiver:
    """Answers hubs, from any thread; for the life of one process, which `name` names in its reports."""

    subscriptions: Subscriptions
    batches: BatchStore
    reports: ReportLog
    place: Place
    name: str
    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def question(self, subscription_id: str, said: Mapping[str, str], now: datetime) -> Answer:
        """Answer a hub that asks whether we meant it, or that denies us; 404 to what we did not ask for."""
        changed = self._change(subscription_id, lambda held: _after(held, said, now))
        if changed is None:
            log.info("a question of a hub about what we did not ask for")
            return UNKNOWN
        mode = said["hub.mode"]
        log.info("%s: the hub says %s, until %s %s", changed.source_id, mode, changed.until, changed.note)
        if mode == "unsubscribe":
            self.subscriptions.drop(changed)
        return Answer(200, "" if mode == "denied" else said["hub.challenge"])

    def push(self, subscription_id: str, body: bytes, told: Mapping[str, str], now: datetime) -> Answer:
        """Keep what a hub pushes, if it signed it; 410 where nothing is to be pushed.

        `told`: the headers, by names in small letters. What is not signed, or falsely, is dropped and counted; the
        answer is the same, so that nobody learns anything by trying.
        """
        held = self.subscriptions.get(subscription_id)
        if held is None or not takes_pushes(held, now):
            return GONE
        method = signed_by(held, self.place.secret(held), told.get("x-hub-signature", ""), body)
        if not method:
            log.warning("%s: a push without our secret's signature is dropped", held.source_id)
            self.count("forged", now)
            return TAKEN
        if len(self.batches.pending(Stage.PUSHED)) >= WAITING_CAP:
            log.warning("%s: too many pushes wait to be read: does `tocsin collect` run?", held.source_id)
            return LATER
        parcel = Parcel(held.id, held.source_id, held.base, told.get("content-type", "")[:200], body, now)
        self.batches.write(Stage.PUSHED, _parcel_id(parcel), [parcel])
        self.count("kept", now)
        if method != held.method:
            self._change(held.id, lambda one: replace(one, method=method))
        return TAKEN

    def count(self, status: str, now: datetime) -> None:
        """Count a push under a status, in one report an hour."""
        with self._lock:
            hour = f"{now.astimezone(UTC):{_HOUR}}"
            if hour not in self._counts:
                self._counts = {hour: Counter()}
            counts = self._counts[hour]
            counts[status] += 1
            self.reports.save(Report("websub", f"{self.name}@{hour}", now, counts.total(), dict(counts)))

    def _change(
        self, subscription_id: str, change: Callable[[Subscription], Subscription | None]
    ) -> Subscription | None:
        """Change a subscription as it is at this moment; None: there is none, or the change does not fit it."""
        for _ in range(_TRIES):
            held = self.subscriptions.get(subscription_id)
            changed = change(held) if held is not None else None
            if changed is None or changed == held:
                return changed
            try:
                return self.subscriptions.save(changed)
            except ConflictError:  # The round of collecting changed it: what it is now decides.
                continue
        return None


def _after(held: Subscription, said: Mapping[str, str], now: datetime) -> Subscription | None:
    return denied(held, said, now) if said.get("hub.mode") == "denied" else confirmed(held, said, now)


def _parcel_id(parcel: Parcel) -> str:
    """The same document pushed again at the same moment is the same parcel."""
    digest = blake2b(parcel.subscription_id.encode() + parcel.body, digest_size=6).hexdigest()
    return f"{parcel.at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{parcel.source_id}-{digest}"
