"""The streams that we listen to, one line each."""

from collections.abc import Mapping
from types import MappingProxyType

from tocsin.collect.streams.hear_bluesky import BLUESKY_STREAM
from tocsin.collect.streams.hear_mastodon import MASTODON_STREAM
from tocsin.collect.streams.hearing import Broadcast
from tocsin.model import SourceKind

STREAMS: Mapping[SourceKind, Broadcast] = MappingProxyType(
    {SourceKind.MASTODON: MASTODON_STREAM, SourceKind.BLUESKY: BLUESKY_STREAM}
)
