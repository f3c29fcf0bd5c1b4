"""Listen to streams for as long as somebody wants: one that is cut is connected again, and stops no other."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from tocsin.collect.networks.table import credentials_of
from tocsin.collect.poll import Round, Visit, note_failure
from tocsin.collect.streams.hearing import Hearing
from tocsin.collect.streams.keeping import state_of
from tocsin.collect.streams.rest import rest
from tocsin.collect.streams.table import STREAMS
from tocsin.collect.streams.talk import Subject, Talk
from tocsin.collect.streams.tally import Tally
from tocsin.errors import PermanentError, TocsinError, TransientError
from tocsin.model import Source
from tocsin.ports import TooLargeError

log = logging.getLogger(__name__)

LIVED = 10.0
"""Seconds after which a connection that is cut counts as one that worked: the next try comes soon."""


async def listen_to(sources: Sequence[Source], around: Round, hearing: Hearing) -> Mapping[str, Counter[str]]:
    """Listen to each source until `hearing.stop` is set; give per source what came, by status.

    What came is a raw batch within `hearing.wait` seconds or `hearing.most` posts, then the source's memory moves. An
    error, of the stores too, ends a connection only: the next begins where the last batch ended.
    """
    tallies = {source.id: Tally() for source in sources}
    async with asyncio.TaskGroup() as group:
        telling = group.create_task(_tell(tallies, hearing))
        follow = [group.create_task(_follow(source, around, hearing, tallies[source.id])) for source in sources]
        await asyncio.wait(follow)
        telling.cancel()
    return {name: tally.total for name, tally in tallies.items()}


async def _tell(tallies: Mapping[str, Tally], hearing: Hearing) -> None:
    while True:
        await asyncio.sleep(hearing.minute)
        log.info("heard: %s", "; ".join(f"{name}: {tally.line()}" for name, tally in tallies.items()))


async def _follow(source: Source, around: Round, hearing: Hearing, tally: Tally) -> None:
    """Connect again and again; each time at the next server, from where the last connection ended."""
    subject = Subject(source, STREAMS[source.kind], around, hearing, tally)
    tries, failures, is_stuck = 0, 0, False
    while not hearing.stop.is_set():
        talk, began = None, asyncio.get_running_loop().time()
        try:
            talk = Talk(subject)
            await talk.listen(hearing.servers[tries % len(hearing.servers)], anew=is_stuck)
            return
        except Exception as exc:  # Law 7: whatever one source does, the others are heard.
            lived = talk and talk.is_alive and asyncio.get_running_loop().time() - began >= LIVED
            failures = 1 if lived else failures + 1
            # From the same place it would come again, for ever.
            is_stuck = isinstance(exc, TooLargeError) and not (talk and talk.has_moved)
            wait = _after(exc, failures, subject)
        tries += 1
        tally.add("reconnected")
        await _wait(wait, hearing.stop)


def _after(error: Exception, failures: int, subject: Subject) -> float:
    """Say what went wrong and give the seconds to wait. A refusal is noted as of polls; the rest polls will see."""
    source, chance = subject.source, subject.hearing.chance()
    is_refused = isinstance(error, PermanentError)
    wait = rest(failures - 1, chance, getattr(error, "retry_after", None), refused=is_refused)
    if is_refused:
        told = PermanentError(f"the stream: {error}{_remedy(subject)}", status=getattr(error, "status", None))
        try:
            note_failure(Visit(source.id, "failed"), told, source, state_of(source, subject.around), subject.now())
        except TocsinError as exc:
            log.warning("%s: not noted: %s", source.id, exc)
    elif isinstance(error, TransientError):
        log.warning("%s: %s; next try in %.1f s", source.id, error, wait)
    else:
        log.error("%s: %s; next try in %.1f s", source.id, type(error).__name__, wait, exc_info=error)
    return wait


def _remedy(subject: Subject) -> str:
    network = subject.broadcast.network
    held = credentials_of(subject.source, subject.around.access)
    missing = [name for name in network.credentials if not held.get(name)]
    if subject.broadcast.replays or not missing:
        return ""
    return "; most servers want " + " and ".join(f"TOCSIN_{network.name}_{name}".upper() for name in missing)


async def _wait(seconds: float, stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
