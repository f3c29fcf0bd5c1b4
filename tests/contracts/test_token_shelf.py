"""The port TokenShelf in files: a token until its time is over, for our eyes only, and never a reason to fail."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.tokens import FileTokens

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_token_is_found_until_its_time_is_over(tmp_path: Path) -> None:
    FileTokens(tmp_path / "a" / "b").keep("x", "s3cret\nof two lines é", NOW + HOUR)
    shelf = FileTokens(tmp_path / "a" / "b")
    assert shelf.find("x", NOW) == "s3cret\nof two lines é"
    assert shelf.find("x", NOW + HOUR) is None
    assert shelf.find("y", NOW) is None


def test_the_same_name_replaces_and_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    shelf = FileTokens(tmp_path)
    shelf.keep("x", "one", NOW + HOUR)
    shelf.keep("x", "two", NOW + HOUR)
    assert shelf.find("x", NOW) == "two"
    shelf.forget("x")
    shelf.forget("x")
    assert shelf.find("x", NOW) is None
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    FileTokens(tmp_path / "tokens").keep("x", "s3cret", NOW + HOUR)
    assert (tmp_path / "tokens").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "tokens" / "x").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"s3cret", b"tomorrow\ns3cret", b"\xff\xfe", b"2026-03-03T13:00:00\nnaive"])
def test_a_damaged_file_is_no_token(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert FileTokens(tmp_path).find("x", NOW) is None


def test_a_disk_that_takes_nothing_is_told_without_the_token(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    shelf = FileTokens(tmp_path / "file")
    shelf.keep("x", "s3cret", NOW + HOUR)
    assert shelf.find("x", NOW) is None
    shelf.forget("x")
    assert "not kept" in caplog.text
    assert "s3cret" not in caplog.text
