"""Files of each form: packed, in other encodings, hostile, cut off, grown; reading goes on wherever it stopped."""

import bz2
import gzip
import io
import json
import lzma
import mailbox
import sys
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.adapters.files import LocalArchive, packing
from tocsin.errors import PermanentError, RefusedError
from tocsin.ports import ArchiveRow, FileForm

PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}
MANY = 500


def rows(path: Path, after: str = "", **told: object) -> list[ArchiveRow]:
    return list(LocalArchive().rows(str(path), FileForm(**told), after))


def values(path: Path, **told: object) -> list[dict[str, str]]:
    return [dict(row.values) for row in rows(path, **told)]


def csv_bytes(count: int = MANY, start: int = 0) -> bytes:
    return "".join(f'{n},"two\nlines é {n}"\n' for n in range(start, start + count)).encode()


def jsonl_bytes(count: int = MANY, start: int = 0) -> bytes:
    return "".join(json.dumps({"id": n, "text": f"é{n}"}) + "\n\n" for n in range(start, start + count)).encode()


def write_parquet(path: Path, count: int = MANY) -> Path:
    start = datetime(2015, 2, 17, 7, tzinfo=UTC)
    table = pa.table(
        {
            "id": pa.array(range(count), pa.int64()),
            "when": pa.array([start + timedelta(seconds=n) for n in range(count)], pa.timestamp("ms", "UTC")),
            "text": pa.array([None if n == 3 else f"é{n}" for n in range(count)]),
            "stars": pa.array([n / 2 for n in range(count)]),
        }
    )
    pq.write_table(table, path, row_group_size=64)
    return path


def rss(count: int, name: str = "x") -> bytes:
    items = "".join(f"<item><title>{name} {n}</title><guid>{name}-{n}</guid></item>" for n in range(count))
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


def write_mbox(path: Path, count: int = 12) -> Path:
    box = mailbox.mbox(path)
    for number in range(count):
        letter = EmailMessage()
        letter["Message-ID"], letter["Subject"], letter["From"] = f"<{number}@e.org>", f"é {number}", "a@e.org"
        letter["Date"] = datetime(2015, 3, 3, 9, number, tzinfo=UTC)
        letter.set_content(f"From me to you {number}\n\nFrom time to time, é")
        box.add(letter)
    box.close()
    return path


def write_warc(path: Path, count: int = 6, *, packed: bool = True) -> Path:
    records = []
    for number in range(count):
        page = f"<html><title>Page {number}</title><article><h1>Page {number}</h1><p>{'Word. ' * 60}</p></article>"
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://e.org/{number}\r\n"
        head += "WARC-Date: 2015-03-03T09:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        records.append(f"{head}Content-Length: {len(answer)}\r\n\r\n{answer}\r\n\r\n".encode())
    path.write_bytes(b"".join(gzip.compress(record) if packed else record for record in records))
    return path


def write_folder(path: Path) -> Path:
    (path / "deep").mkdir(parents=True)
    (path / "a.xml").write_bytes(rss(3, "a"))
    (path / "deep" / "b.xml.gz").write_bytes(gzip.compress(rss(2, "b")))
    (path / "c.html").write_bytes(b"<html>no feed</html>")
    (path / ".hidden.xml").write_bytes(rss(1, "h"))
    (path / "link.xml").symlink_to("/etc/hostname")
    return path


def write_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/../../b.xml", rss(2, "b"))
        archive.writestr("a.xml", rss(3, "a"))
        archive.writestr("c.html", "<html>no feed</html>")
    return path


def write_tar(path: Path, pack: Callable[[bytes], bytes]) -> Path:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, body in (("a.xml", rss(3, "a")), ("b.xml", rss(2, "b")), ("c.html", b"<html>no feed</html>")):
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
        link = tarfile.TarInfo("link.xml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    path.write_bytes(pack(held.getvalue()))
    return path


def all_forms(folder: Path) -> list[Path]:
    made = [write_parquet(folder / "a.parquet"), write_mbox(folder / "a.mbox"), write_folder(folder / "feeds")]
    made += [write_warc(folder / "a.warc.gz"), write_warc(folder / "b.warc", packed=False)]
    made += [write_zip(folder / "a.zip"), write_tar(folder / "a.tgz", gzip.compress)]
    for suffix, pack in PACK.items():
        for name, body in (("a.csv", b"id,text\n" + csv_bytes(40)), ("a.jsonl", jsonl_bytes(150))):
            made.append(folder / f"{name}{suffix}")
            made[-1].write_bytes(pack(body))
    (folder / "w.csv").write_bytes(("id,text\n" + csv_bytes(40).decode()).encode("utf-16"))
    (folder / "cr.csv").write_bytes(b"id,text\r" + b"".join(b"%d,x\r" % n for n in range(40)))
    return [*made, folder / "w.csv", folder / "cr.csv"]


def test_reading_goes_on_behind_any_row_of_any_form(tmp_path: Path) -> None:
    for path in all_forms(tmp_path):
        every = rows(path)
        assert len(every) >= 6, path
        places = [number for number, row in enumerate(every) if row.place]
        assert places, path
        for number in (places[0], places[len(places) // 2], places[-1]):
            rest = rows(path, every[number].place)
            assert rest == every[number + 1 :], (path, number)


@pytest.mark.parametrize("suffix", PACK)
def test_packed_tables_are_as_good_as_plain_ones(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.csv{suffix}"
    # Two packed files, one behind the other, are one: so logs are kept.
    path.write_bytes(PACK[suffix](b"id,text\n" + csv_bytes(5)) + PACK[suffix](csv_bytes(5, 5)))
    assert values(path) == [{"id": str(n), "text": f"two\nlines é {n}"} for n in range(10)]
    assert [row.line for row in rows(path)] == list(range(2, 22, 2))


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("keep", [0.0, 0.4, 0.99])
def test_a_packed_file_that_breaks_off_gives_what_it_has_and_says_so(
    tmp_path: Path, suffix: str, keep: float
) -> None:
    lines = b"".join(b"%d,%x\n" % (n, n * n * 7919) for n in range(100_000))
    whole = PACK[suffix](b"id,text\n" + lines)
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(whole[: int(len(whole) * keep) + 2])
    *good, last = rows(path)
    assert "breaks off" in last.problem
    assert not any(row.problem for row in good[:-1])
    assert len(good) >= (100_000 * keep * 0.4 if suffix != ".bz2" or keep > 0.5 else 0)
    path.write_bytes(b"nothing of the kind" * 10)
    assert "breaks off" in rows(path)[-1].problem


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
def test_a_bomb_is_refused(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "FREE", 4 * 1024 * 1024)
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(PACK[suffix](b"\n" * 40_000_000))
    with pytest.raises(RefusedError, match=r"a\.jsonl.*250 times"):
        rows(path)


def test_what_wants_too_much_memory_is_not_unpacked(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}]
    (tmp_path / "a.csv.xz").write_bytes(lzma.compress(b"id,text\n1,a\n", filters=filters))
    (row,) = rows(tmp_path / "a.csv.xz")
    assert "emory" in row.problem
    params = zstandard.ZstdCompressionParameters(window_log=30, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=params).compressobj()
    (tmp_path / "a.csv.zst").write_bytes(packer.compress(b"id,text\n1,a\n") + packer.flush())
    (row,) = rows(tmp_path / "a.csv.zst")
    assert "emory" in row.problem


@pytest.mark.parametrize(
    ("written", "told", "bom"),
    [
        ("utf-8", "", b""),
        ("utf-8", "", b"\xef\xbb\xbf"),
        ("utf-8", "latin-1", b"\xef\xbb\xbf"),
        ("utf-16-le", "", b"\xff\xfe"),
        ("utf-16-be", "", b"\xfe\xff"),
        ("utf-16-le", "utf-16", b""),
        ("utf-32-le", "", b"\xff\xfe\x00\x00"),
        ("latin-1", "latin-1", b""),
        ("iso-8859-15", "iso-8859-15", b""),
        ("mac-roman", "mac-roman", b""),
        ("cp1252", "", b""),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_encodings(tmp_path: Path, written: str, told: str, bom: bytes, suffix: str) -> None:
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(PACK[suffix](bom + "id,avis\r\n1,Déçue à Noël\r\n2,ça\r\n".encode(written)))
    assert values(path, encoding=told) == [{"id": "1", "avis": "Déçue à Noël"}, {"id": "2", "avis": "ça"}]


@pytest.mark.parametrize("parting", [",", ";", "\t", "|"])
def test_separators_are_sniffed_or_told(tmp_path: Path, parting: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"id{parting}text\n1{parting}x\n")
    assert values(path) == values(path, separator=parting) == [{"id": "1", "text": "x"}]
    # A header that misleads: the map knows better.
    path.write_text(f'"a,b,c;d;e|f|g"{parting}text\n1{parting}x\n')
    assert values(path, separator=parting)[0]["text"] == "x"


def test_the_form_may_be_told_where_the_name_does_not_say_it(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_bytes(b"id,text\n1,a\n")
    assert values(path, format="csv") == [{"id": "1", "text": "a"}]
    with pytest.raises(PermanentError, match=r"export\.txt: unknown kind.*`format`.*\.parquet"):
        rows(path)


def test_parquet_values_are_cells_and_only_what_is_wanted_is_read(tmp_path: Path) -> None:
    found = values(write_parquet(tmp_path / "a.parquet"))
    assert len(found) == MANY
    assert found[3] == {"id": "3", "when": "2015-02-17T07:00:03+00:00", "text": "", "stars": "1.5"}
    assert values(tmp_path / "a.parquet", columns=("id", "text"))[4] == {"id": "4", "text": "é4"}
    # Who asks for what is not there sees all that is.
    assert set(values(tmp_path / "a.parquet", columns=("id", "texte"))[0]) == {"id", "when", "text", "stars"}
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-9])
    with pytest.raises(PermanentError, match=r"b\.parquet: not Parquet, or damaged"):
        rows(tmp_path / "b.parquet")


def test_without_pyarrow_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(PermanentError, match="pip install pyarrow"):
        rows(tmp_path / "a.parquet")


def test_letters_that_python_wrote_come_back(tmp_path: Path) -> None:
    found = values(write_mbox(tmp_path / "a.mbox"))
    assert [row["id"] for row in found] == [f"<{n}@e.org>" for n in range(12)]
    assert found[7]["title"] == "é 7"
    assert found[7]["time"] == "2015-03-03T09:07:00+00:00"
    assert found[7]["text"].strip().splitlines() == ["From me to you 7", "", "From time to time, é"]


def test_a_huge_letter_costs_its_end_only(tmp_path: Path) -> None:
    head = "From a@e.org Tue Mar  3 08:00:00 2015\nSubject: {}\nMessage-ID: <{}>\n\n"
    huge = head.format("big", 1) + "word " * 20 + "\n" + ("x" * 70 + "\n") * 100_000 + "\n"
    deep = head.format("deep", 2).replace("\n\n", "\nContent-Type: multipart/mixed; boundary=b\n\n")
    deep += "--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 3_000 + "\n"
    (tmp_path / "a.mbox").write_text(huge + deep + head.format("s" * 100_000, 3) + "text\n")
    big, _, long = rows(tmp_path / "a.mbox")
    assert (big.values["title"], big.values["text"][:5]) == ("big", "word ")
    assert len(big.values["text"]) <= 100_000
    assert (len(long.values["title"]), long.values["text"].strip()) == (4_000, "text")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                *[b"From a@b Tue Mar  3 08:00:00 2015\n", b"\n", b"Subject: =?utf-8?q?=C3?=\n", b"Date: 1\n"],
                *[b"From: <\n", b"Content-Type: multipart/mixed; boundary=\n", b"--\n", b"A", b"\x00"],
                *[b"Content-Type: text/plain; charset=\xff\n", b"Content-Transfer-Encoding: base64\n"],
                *[b"Content-Disposition: =?\n", b"Message-ID: [\n"],
            ]
        )
        | st.binary(max_size=20),
        max_size=30,
    )
)
def test_no_mailbox_stops_the_reading(tmp_path: Path, parts: list[bytes]) -> None:
    postmark = b"From a@b Tue Mar  3 08:00:00 2015\n"
    (tmp_path / "a.mbox").write_bytes(b"".join(parts) + b"\n\n" + postmark + b"Subject: last\n\nx\n")
    found = rows(tmp_path / "a.mbox")
    assert found[-1].values["title"] == "last"


@pytest.mark.parametrize("kind", ["folder", "zip", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tbz2"])
def test_kept_feeds(tmp_path: Path, kind: str) -> None:
    packed = {".tgz": ".gz", ".tbz2": ".bz2"}.get(kind, kind.removeprefix(".tar"))
    if kind == "folder":
        path = write_folder(tmp_path / "f")
    else:
        path = write_zip(tmp_path / "f.zip") if kind == "zip" else write_tar(tmp_path / f"f{kind}", PACK[packed])
    found = rows(path)
    assert {row.values["title"] for row in found if not row.problem} == {"a 0", "a 1", "a 2", "b 0", "b 1"}
    (bad,) = [row for row in found if row.problem]
    assert (bad.where, bad.problem[:10]) == ("c.html", "not a feed")


def test_a_kept_feed_that_is_too_long_or_too_large_says_so(tmp_path: Path) -> None:
    (tmp_path / "long.xml").write_bytes(rss(2_001))
    found = rows(tmp_path / "long.xml")
    assert len(found) == 2_001
    assert "behind the first 2000" in found[0].problem
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "bomb.xml.gz").write_bytes(gzip.compress(b" " * 20_000_000))
    (tmp_path / "f" / "fine.xml").write_bytes(rss(1))
    bomb, fine = rows(tmp_path / "f")
    assert "over 16 MB" in bomb.problem
    assert fine.values["title"] == "x 0"


def test_crawled_pages(tmp_path: Path) -> None:
    for path in (write_warc(tmp_path / "a.warc.gz"), write_warc(tmp_path / "b.warc", packed=False)):
        found = rows(path)
        assert [row.values["url"] for row in found] == [f"https://e.org/{n}" for n in range(6)]
        assert found[2].values["title"] == "Page 2"
        assert found[2].values["time"] == "2015-03-03T09:00:00Z"
    packed = (tmp_path / "a.warc.gz").read_bytes()
    (tmp_path / "c.warc.gz").write_bytes(packed[: len(packed) - 40])
    assert len(rows(tmp_path / "c.warc.gz")) >= 5
    (tmp_path / "d.warc.gz").write_bytes(gzip.compress((tmp_path / "b.warc").read_bytes()))
    assert "warcio recompress" in rows(tmp_path / "d.warc.gz")[-1].problem
    (tmp_path / "e.warc").write_bytes(b"no warc\r\nat all\r\n" * 100)
    assert "breaks off" in rows(tmp_path / "e.warc")[-1].problem


def test_a_file_continues_when_it_grew_and_only_then(tmp_path: Path) -> None:
    archive, path = LocalArchive(), tmp_path / "a.jsonl"
    path.write_bytes(jsonl_bytes(20_000))
    mark = archive.fingerprint(str(path))
    assert archive.continues(str(path), mark)
    with path.open("ab") as file:
        file.write(jsonl_bytes(10, 20_000))
    assert archive.fingerprint(str(path)) != mark
    assert archive.continues(str(path), mark)
    for changed in (jsonl_bytes(19_000), jsonl_bytes(20_020)[4:], jsonl_bytes(21_000, 1), b""):
        path.write_bytes(changed)
        assert not archive.continues(str(path), mark), len(changed)
    assert not archive.continues(str(path), "")
    folder = write_folder(tmp_path / "f")
    mark = archive.fingerprint(str(folder))
    assert archive.continues(str(folder), mark)
    (folder / "new.xml").write_bytes(rss(1))
    assert not archive.continues(str(folder), mark)


def test_a_last_row_that_is_still_being_written_is_read_again_when_it_is_whole(tmp_path: Path) -> None:
    for name, head, half, rest in (
        ("a.csv", b"id,text\n1,a\n", b"2,hal", b"f\n3,c\n"),
        ("a.jsonl", b'{"id": 1, "text": "a"}\n', b'{"id": 2, "text": "hal', b'f"}\n{"id": 3, "text": "c"}\n'),
    ):
        path = tmp_path / name
        path.write_bytes(head + half)
        *_, last = rows(path)
        path.write_bytes(head + half + rest)
        assert [row.values["text"] for row in rows(path, last.place)] == ["half", "c"]


texts = st.text(st.characters(exclude_characters="\0\r", exclude_categories=("Cs",)), min_size=1, max_size=40)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(texts, texts), min_size=1, max_size=12),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 11),
)
def test_any_csv_comes_back_and_goes_on(tmp_path, table, parting, encoding, end, stop) -> None:
    import csv

    path = tmp_path / "a.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=parting, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerows([("id", "text"), *table])
    found = rows(path, encoding="utf-8", separator=parting)
    assert [(row.values["id"], row.values["text"]) for row in found] == table
    stop %= len(found)
    assert rows(path, found[stop].place, encoding="utf-8", separator=parting) == found[stop + 1 :]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=12), st.booleans(), st.sampled_from(sorted(PACK)), st.integers(0, 11))
def test_any_json_lines_come_back_and_go_on(tmp_path, said, ascii_only, suffix, stop) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    lines = "".join(json.dumps({"text": text}, ensure_ascii=ascii_only) + "\n" for text in said)
    path.write_bytes(PACK[suffix](lines.encode()))
    found = rows(path)
    assert [row.values["text"] for row in found] == said
    stop %= len(found)
    assert rows(path, found[stop].place) == found[stop + 1 :]
