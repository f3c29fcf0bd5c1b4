"""How much of what we should hear we do hear: a silence is only good news when somebody listened."""

from collections.abc import Sequence
from datetime import datetime

from tocsin.model import Source, SourceKind, SourceState, is_heard


def coverage(sources: Sequence[Source], states: Sequence[SourceState], now: datetime) -> float:
    """Share, 0 to 1, of the sources that we hear; files do not count, and no sources at all are 1.

    One that fails or keeps us out is not heard; one that answers and brings nothing is.
    """
    known = {state.source_id: state for state in states}
    asked = [source for source in sources if source.kind not in {SourceKind.FILE, SourceKind.ARCHIVE}]
    heard = sum(is_heard(source, known.get(source.id), now) for source in asked)
    return heard / len(asked) if asked else 1.0
