"""The process that reads pages for `adapters.articles`: a page in by standard input, an article out, in turn."""

import io
import os
import resource
import struct
import sys
from datetime import datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

import msgspec

from tocsin.collect.article import read_article
from tocsin.ports import Article

LENGTH = struct.Struct(">I")
"""Before each message: how many bytes it has."""
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space: ordinary pages take a fifth, the worst page of 3 MB that was tried wanted 1.2 GB."""


class PageAsked(msgspec.Struct, frozen=True):
    """A page to read, and what reading it needs to know."""

    body: bytes
    url: str
    now: datetime
    zone: str


def serve(given: BinaryIO, taken: BinaryIO) -> None:
    """Answer each page with its article until nothing more is given; MemoryError ends the process."""
    while head := given.read(LENGTH.size):
        asked = msgspec.msgpack.decode(given.read(*LENGTH.unpack(head)), type=PageAsked)
        answer = msgspec.msgpack.encode(_read(asked))
        taken.write(LENGTH.pack(len(answer)) + answer)
        taken.flush()


def _read(asked: PageAsked) -> Article:
    try:
        return read_article(asked.body, asked.url, now=asked.now, zone=ZoneInfo(asked.zone))
    except MemoryError:
        raise
    except Exception:  # Parsers fed with hostile bytes raise anything; such a page has no article.
        return Article()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = io.StringIO()  # A library that prints must not speak among the answers.
    serve(sys.stdin.buffer, answers)
