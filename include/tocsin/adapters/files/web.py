"""Pages that a crawler kept, as WARC: each page that was answered with 200 becomes a row."""

import asyncio
import io
import zlib
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from tocsin.adapters.articles import ArticleProcess
from tocsin.adapters.files.packing import DamagedError, open_unpacked, packing_of, skip
from tocsin.adapters.files.rows import EXCERPT, broken_off, cut, whole
from tocsin.collect.article import PAGE_CAP
from tocsin.errors import BadItemError
from tocsin.ports import ArchiveRow, FetchResponse, FileForm

T = TypeVar("T")

COLUMNS = ("id", "time", "title", "text", "author", "url", "warc_date", "published")
_HTML = ("text/html", "application/xhtml+xml")


def web_rows(path: str, form: FileForm, after: str) -> Iterator[ArchiveRow]:
    """Read the pages and the extracted texts of a WARC or WET file; images, scripts and redirects are passed by.

    `time` is the page's own where it tells one (`published`), else when the crawler took it (`warc_date`).
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    with _open(path) as stream, closing(_Pages(form.time_zone)) as pages:
        start = int(after) if after.isdecimal() else 0
        skip(stream, start)
        records = ArchiveIterator(stream)
        base = 0 if stream.seekable() else start
        try:
            for record in records:
                row = _row(record, pages)
                records.read_to_end(record)
                if row is not None:
                    yield _placed(row, base + records.offset)
        except ArchiveLoadFailed as exc:
            yield broken_off(0, _remedied(str(exc)), f"after byte {base + records.offset}")
        except (DamagedError, EOFError, zlib.error, ValueError, AttributeError) as exc:
            # The library trips over a record that ends too soon.
            yield broken_off(0, str(exc), f"after byte {base + records.offset}")


def _open(path: str) -> io.BufferedReader:
    """Leave .gz to warcio, which unpacks record by record: so reading can begin at any of them."""
    if packing_of(path) == ".gz":
        return open(path, "rb")  # noqa: PTH123 - closed by whoever asked
    return open_unpacked(path)


def _remedied(told: str) -> str:
    if "non-chunked" in told:
        return "its records are not packed one by one; run `warcio recompress OLD NEW`, or unpack it"
    return " ".join(told.split())[:EXCERPT]


def _placed(row: ArchiveRow, offset: int) -> ArchiveRow:
    return ArchiveRow(row.line, row.values, row.problem, row.excerpt, str(offset), row.name)


def _row(record: Any, pages: "_Pages") -> ArchiveRow | None:
    """A row, or None for a record that is no page."""
    kind = _kind(record)
    if not kind:
        return None
    headers = record.rec_headers
    url = str(headers.get_header("WARC-Target-URI") or "")[:2_000].strip("<>")
    name, taken = f"page {url[:200]}", str(headers.get_header("WARC-Date") or "")
    try:
        content = record.content_stream().read(PAGE_CAP)
        said = pages.read(content, url, taken) if kind in _HTML else {"text": content.decode("utf-8", "replace")}
    except BadItemError as exc:
        return ArchiveRow(0, {}, str(exc), url, name=name)
    except Exception as exc:  # Parsers fed with hostile bytes raise anything.
        return ArchiveRow(0, {}, f"no page: {type(exc).__name__}", url, name=name)
    told = {"id": str(headers.get_header("WARC-Record-ID") or "").strip("<>"), "url": url, "warc_date": taken}
    values = dict.fromkeys(COLUMNS, "") | {word: cut(value) for word, value in (said | told).items()}
    return whole(0, values | {"time": values["published"] or taken}, name=name)


def _kind(record: Any) -> str:
    """The type of a page that is worth reading; empty for all else."""
    if record.rec_type == "conversion":
        return "text/plain"
    if record.rec_type not in {"response", "resource"}:
        return ""
    headers = record.http_headers
    if record.rec_type == "response" and (headers is None or headers.get_statuscode() != "200"):
        return ""
    written = headers.get_header("Content-Type") if headers else record.rec_headers.get_header("Content-Type")
    kind = str(written or "").partition(";")[0].strip().lower()
    return kind if kind in _HTML else ""


class _Pages:
    """Reads articles off pages, in the process that is made for it, for whoever cannot wait in an event loop."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone or "UTC")
        # A thread of its own, since ours may be running an event loop already.
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._loop = self._thread.submit(asyncio.Runner).result()
        self._reader = ArticleProcess()

    def read(self, content: bytes, url: str, taken: str) -> dict[str, str]:
        """Give what a page says of itself. BadItemError as ArticleReader, also where it says nothing."""
        try:
            now = datetime.fromisoformat(taken)
        except ValueError:
            now = datetime.fromtimestamp(0, UTC)
        page = FetchResponse(url, 200, content)
        found = self._wait(self._reader.read(page, now=now, zone=self._zone))
        if not found.text and not found.title:
            raise BadItemError("no article")
        # What is dated after the crawler took it has lost its zone.
        published = found.published.isoformat() if found.published and found.published <= now else ""
        return {"title": found.title, "text": found.text, "author": found.author, "published": published}

    def close(self) -> None:
        """End the process."""
        self._wait(self._reader.__aexit__(None, None, None))
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.submit(self._loop.run, work).result()
