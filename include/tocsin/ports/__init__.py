"""What Tocsin needs from outside, and what it promises: errors, order, repetition, time zone.

Every port: times in and out are aware UTC; foreign errors arrive as tocsin.errors; calling twice with the same
values leaves the same state as calling once.
"""

from tocsin.ports.batches import BatchStore
from tocsin.ports.erasures import Erasures
from tocsin.ports.kibana import Refused, SavedObject, SavedObjects
from tocsin.ports.outside import (
    AS_IT_IS,
    Archive,
    ArchiveRow,
    Article,
    ArticleReader,
    Clock,
    Fetcher,
    FetchRequest,
    FetchResponse,
    FileForm,
    Notifier,
    TokenShelf,
)
from tocsin.ports.stores import (
    Caretaker,
    IncidentStore,
    MentionStore,
    Quarantine,
    ReportLog,
    SeriesStore,
    SourceStates,
)
from tocsin.ports.streams import StreamEvent, StreamListener, StreamRequest, TooLargeError
from tocsin.ports.subscriptions import Subscriptions
from tocsin.ports.x import Heard, StreamEndedError, StreamRule, Trouble, X

__all__ = [
    "AS_IT_IS",
    "Archive",
    "ArchiveRow",
    "Article",
    "ArticleReader",
    "BatchStore",
    "Caretaker",
    "Clock",
    "Erasures",
    "FetchRequest",
    "FetchResponse",
    "Fetcher",
    "FileForm",
    "Heard",
    "IncidentStore",
    "MentionStore",
    "Notifier",
    "Quarantine",
    "Refused",
    "ReportLog",
    "SavedObject",
    "SavedObjects",
    "SeriesStore",
    "SourceStates",
    "StreamEndedError",
    "StreamEvent",
    "StreamListener",
    "StreamRequest",
    "StreamRule",
    "Subscriptions",
    "TokenShelf",
    "TooLargeError",
    "Trouble",
    "X",
]
