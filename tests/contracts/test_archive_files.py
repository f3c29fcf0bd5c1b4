"""The port Archive on this machine's disk: whole rows come out, broken ones are told, the rest goes on."""

import gzip
import os
from pathlib import Path

import pytest

from tocsin.adapters.files import FIELD_CAP, LINE_CAP, LocalArchive
from tocsin.errors import PermanentError


def rows(path: Path) -> list[tuple[int, dict[str, str], str]]:
    return [(row.line, dict(row.values), row.problem) for row in LocalArchive().rows(str(path))]


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV"])
@pytest.mark.parametrize(
    "content",
    [
        "id,text\n1,Été\n2,b\n".encode(),
        "\ufeffid,text\r\n1,Été\r\n\r\n2,b".encode(),
        "id;text\n1;Été\n2;b\n".encode(),
        "id\ttext\r1\tÉté\r2\tb\r".encode(),
        "id,text\n1,Été\n2,b\n".encode("cp1252"),
        b'"id", text\n1,"\xc3\x89t\xc3\xa9"\n2,b\n',
    ],
    ids=["plain", "excel", "semicolons", "tabs and old line ends", "windows-1252", "quoted"],
)
def test_csv(tmp_path: Path, name: str, content: bytes) -> None:
    assert [values for _, values, _ in rows(put(tmp_path, name, content))] == [
        {"id": "1", "text": "Été"},
        {"id": "2", "text": "b"},
    ]


def test_csv_rows_know_their_first_line(tmp_path: Path) -> None:
    found = rows(put(tmp_path, "a.csv", b'id,text\n1,"two\nlines"\n2,b\n'))
    assert [(line, values["text"]) for line, values, _ in found] == [(2, "two\nlines"), (4, "b")]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (b"1", "1 values for 2 columns"),
        (b"1,a,b", "3 values for 2 columns"),
        (b"1,a\x00b", "column 'text': a NUL byte"),
        (b"1," + b"x" * (FIELD_CAP + 1), "not CSV: field larger"),
        (b"1," + b"x" * (3 * LINE_CAP), "not CSV: field larger"),
    ],
    ids=["short", "long", "nul", "huge", "endless"],
)
def test_a_broken_csv_row_is_told_and_the_rest_goes_on(tmp_path: Path, broken: bytes, problem: str) -> None:
    first, bad, last = rows(put(tmp_path, "a.csv", b"id,text\n1,a\n" + broken + b"\n3,c\n"))
    assert first == (2, {"id": "1", "text": "a"}, "")
    assert (bad[0], bad[1]) == (3, {})
    assert bad[2].startswith(problem)
    assert last == (4, {"id": "3", "text": "c"}, "")


def test_a_quote_that_nobody_closes_costs_some_rows_not_all(tmp_path: Path) -> None:
    many = b"".join(b"%d,row\n" % number for number in range(40_000))
    found = rows(put(tmp_path, "a.csv", b'id,text\n1,"open\n' + many))
    assert sum(1 for *_, problem in found if problem) == 1
    assert found[-1][1] == {"id": "39999", "text": "row"}


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson.gz"])
def test_json_lines(tmp_path: Path, name: str) -> None:
    content = '{"id": 1, "text": "É", "x": null}\n\n{"id": 2.5, "more": [true]}\n'.encode()
    assert rows(put(tmp_path, name, content)) == [
        (1, {"id": "1", "text": "É", "x": "", "more": ""}, ""),
        (3, {"id": "2.5", "text": "", "x": "", "more": "[true]"}, ""),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        b"{",
        b"[1]",
        b'"x"',
        b'{"a": "\\u0000"}',
        b"[" * 100_000,
        b'{"a": "' + b"x" * (2 * LINE_CAP) + b'"}',
        b"\xff\xfe",
    ],
    ids=lambda broken: repr(broken[:10]),
)
def test_a_broken_json_line_is_told_and_the_rest_goes_on(tmp_path: Path, broken: bytes) -> None:
    first, bad, last = rows(put(tmp_path, "a.jsonl", b'{"a": "1"}\n' + broken + b'\n{"a": "3"}\n'))
    assert (first[1], last[1]) == ({"a": "1"}, {"a": "3"})
    assert (bad[0], bad[1], last[0]) == (2, {}, 3)
    assert bad[2]


@pytest.mark.parametrize("keep", [0.5, 0.99])
def test_a_file_that_breaks_off_gives_what_it_has_and_says_so(tmp_path: Path, keep: float) -> None:
    packed = gzip.compress(b"id,text\n" + b"".join(b"%d,%x\n" % (n, n * n * 7919) for n in range(20_000)))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed[: int(len(packed) * keep)])
    *good, last = rows(path)
    assert len(good) > 5_000
    assert "breaks off" in last[2]


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert rows(put(tmp_path, "a.csv", b"")) == rows(put(tmp_path, "a.jsonl", b"")) == []


@pytest.mark.parametrize("name", ["none.csv", "folder.csv", "a.parquet", "a.csv.zip"])
def test_what_is_no_archive_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "a.parquet").touch()
    with pytest.raises(PermanentError, match=name):
        rows(tmp_path / name)


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    archive, path = LocalArchive(), put(tmp_path, "a.csv", b"id,text\n" * 20_000)
    before = archive.fingerprint(str(path))
    assert archive.fingerprint(str(path)) == before
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    for changed in (b"id,test\n" + b"id,text\n" * 19_999, b"id,text\n" * 19_999 + b"id,test\n"):
        path.write_bytes(changed)
        os.utime(path, ns=times)
        assert archive.fingerprint(str(path)) != before
    path.write_bytes(b"id,text\n" * 20_000)
    os.utime(path, ns=(0, 0))
    assert archive.fingerprint(str(path)) != before
    with pytest.raises(PermanentError, match=r"none\.csv"):
        archive.fingerprint(str(tmp_path / "none.csv"))


def test_a_column_map_is_a_mapping(tmp_path: Path) -> None:
    archive = LocalArchive()
    assert archive.column_map(str(put(tmp_path, "map.yaml", b"time: when\ntext: said\n"))) == {
        "time": "when",
        "text": "said",
    }
    for content in (b"- a\n", b"", b"a: [", b"!!python/object/apply:os.system [id]", b"[" * 5_000):
        with pytest.raises(PermanentError, match=r"map\.yaml"):
            archive.column_map(str(put(tmp_path, "map.yaml", content)))
