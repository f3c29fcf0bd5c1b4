"""Feeds that state what must be read from them: how often we agree, and why not where we do not."""

import html
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from feed_statements import as_entry, stated
from tocsin.collect.entry import Entry
from tocsin.collect.parse_feed import parse_feed
from tocsin.errors import PermanentError

pytestmark = pytest.mark.evaluation

PAGE = Path(__file__).resolve().parents[2] / "include" / "docs" / "guards.md"
REASONS = {
    "script inside comments inside scripts: we show less of it": "crazy",
    "text inside a frame or a comment of hostile markup: we drop it": "iframe|malicious_comment|nested_cdata",
    "an identifier is kept as it is written, not made an address": "_id_base_",
    "an Atom link that is written as RSS writes it": "link_no_href",
    "an address from the header Content-Location, which we do not read": "headers_content_location",
    "two times for one field: we read the first": "overwriting|updated_multiple",
    "two texts in one item: we keep one of them": "description_and_summary|summary_and_description",
    "a title or text of another namespace that comes first": "media_title2|LocalNameClash",
    "words of a channel that no entry has: its editor, its attributes in CDF": "managingEditor|itunes_ch|cdf/ch",
    "markup so broken that two readers see two things": "linenoise|not_a_doctype|unclosed_comment|div_escaped",
}
CODECS = {
    "encoding_WINDOWS-1251.xml": "cp1251",
    "encoding_ISO-8859-1.xml": "latin-1",
    "no_encoding_ISO-8859-1.xml": "latin-1",
    "rdf_UTF8.xml": "utf-8",
    "urdu_UTF8.xml": "utf-8",
    "koi8r.xml": "koi8-r",
    "utf8-incorrect-prolog.xml": "utf-8",
    "invalid-prolog.xml": "utf-8",
    "large_atom.xml": "utf-8",
    "large_rss.xml": "utf-8",
    "small_atom.xml": "utf-8",
}


def files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith(".xml") and (file := tar.extractfile(member)):
                yield member.name, file.read()


def read(body: bytes, content_type: str) -> tuple[Entry, ...]:
    try:
        return parse_feed(body, content_type)
    except PermanentError:
        return ()


def reason(name: str) -> str:
    return next((why for why, names in REASONS.items() if re.search(names, name)), f"unknown: {name}")


def judged(body: bytes) -> Iterator[tuple[str, bool | None]]:
    """Each statement of a file: of whom, and whether it is met; None where it is about what we do not keep."""
    told = stated(body)
    yield from [("other", None)] * told.others
    for of_feed in (False, True):
        asked = [one for one in told.kept if (one.entry is None) is of_feed]
        document = as_entry(body) if of_feed else body
        entries = read(document, told.content_type) if asked and document else ()
        for one in asked:
            number = one.entry or 0
            good = number < len(entries) and one.holds(entries[number], told.base)
            yield ("feed" if of_feed else "entry", good if document else None)


def test_we_agree_with_what_feeds_state_of_themselves(evaluation_data: Path) -> None:
    met: Counter[tuple[str, bool]] = Counter()
    why_not: Counter[str] = Counter()
    kept_out = 0
    for name, body in files(evaluation_data / "feeds_feedparser_tests.tar.gz"):
        for whom, good in judged(body):
            kept_out += good is None
            met[whom, bool(good)] += good is not None
            why_not[reason(name)] += good is False
    why_not = +why_not
    sums = {whom: f"{met[whom, True]:,} of {met[whom, True] + met[whom, False]:,}" for whom in ("entry", "feed")}
    sys.stdout.write(f"\nmet: {sums}; about what we do not keep: {kept_out}\n")
    sys.stdout.writelines(f"{count:6} {why}\n" for why, count in why_not.most_common())
    assert met["entry", True] >= 853
    assert met["feed", True] >= 483
    page = " ".join(PAGE.read_text().split())
    assert [row for why, n in why_not.items() if (row := f"| {why} | {n} |") not in page] == []
    assert [told for told in (*sums.values(), f"{kept_out} statements") if told not in page] == []


def test_the_letters_of_real_feeds_are_read_as_they_were_meant(evaluation_data: Path) -> None:
    read_titles = 0
    for name, body in files(evaluation_data / "feeds_miniflux.tar.gz"):
        if not (codec := CODECS.get(Path(name).name)):
            continue
        meant = " ".join(html.unescape(body.decode(codec)).split())
        server_says = "text/xml; charset=ISO-8859-1" if name.endswith("no_encoding_ISO-8859-1.xml") else "text/xml"
        for entry in read(body, server_says):
            assert " ".join(html.unescape(entry.title).split()) in meant, name
            read_titles += 1
    assert read_titles >= 255
