"""What the SQLite store promises beyond the ports: one durable file, quick questions, errors in our words."""

import os
import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from tocsin.adapters.sqlite import connection as sqlite_connection
from tocsin.adapters.sqlite import mentions as sqlite_mentions
from tocsin.adapters.sqlite import open_sqlite
from tocsin.errors import ConflictError, PermanentError, TransientError
from tocsin.model import SourceState, Window


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "deep" / "folder" / "tocsin.db")


def pragma(stores, name: str) -> object:
    return stores.database.rows(f"PRAGMA {name}")[0][0]


def test_what_was_stored_is_there_after_closing(path, mention) -> None:
    with open_sqlite(path) as stores:
        stores.mentions.add([mention("a")])
        saved = stores.sources.save(SourceState("news"))
    stores.close()
    with open_sqlite(path) as stores:
        assert stores.mentions.get("a") == mention("a")
        assert stores.sources.get("news") == saved
        assert [one.id for one in stores.mentions.search("title")] == ["a"]


def test_a_commit_is_on_disk_before_it_is_told(path) -> None:
    with open_sqlite(path) as stores:
        assert pragma(stores, "journal_mode") == "wal"
        assert pragma(stores, "synchronous") == 2
        assert pragma(stores, "busy_timeout") >= 10_000


def test_closed_stores_say_so(path) -> None:
    stores = open_sqlite(path)
    stores.close()
    with pytest.raises(PermanentError, match="closed"):
        stores.mentions.total()


def test_a_file_that_is_no_database_is_named(tmp_path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, just a text that is long enough " * 40)
    with pytest.raises(PermanentError, match=re.escape(str(path))):
        open_sqlite(str(path))
    assert path.read_text().startswith("not a database")


def test_another_programs_database_is_left_alone(tmp_path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(PermanentError, match="another program"):
        open_sqlite(str(path))
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(path) -> None:
    with open_sqlite(path) as stores, stores.database.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(PermanentError, match="newer Tocsin"):
        open_sqlite(path)


def test_an_older_file_grows_and_keeps_what_it_holds(path, mention) -> None:
    with open_sqlite(path) as stores:
        stores.mentions.add([mention("a")])
        with stores.database.transaction() as connection:  # As the first schema left it.
            for table in ("series", "erasures", "subscriptions"):
                connection.execute(f"DROP TABLE {table}")
            connection.execute("PRAGMA user_version = 1")
    with open_sqlite(path) as stores:
        assert pragma(stores, "user_version") == sqlite_connection.SCHEMA_VERSION
        assert stores.mentions.get("a") == mention("a")
        assert stores.series.latest() is None
        assert stores.erasures.all() == frozenset()
        assert stores.subscriptions.all() == ()


def test_a_storm_is_compared_with_what_was_before_however_long_it_is(path, mention, monkeypatch) -> None:
    monkeypatch.setattr(sqlite_mentions, "_OTHERS_READ", 10)
    with open_sqlite(path) as stores:
        stores.mentions.add(mention(f"old{n}", minutes=n - 99, title="", text="la marque") for n in range(20))
        stores.mentions.add(mention(f"new{n}", minutes=n, title="", text="la marque ment") for n in range(20))
        noon = mention("x").published_at
        assert stores.mentions.driving_words("tonic", Window(noon, noon + timedelta(hours=1)), 9) == ("ment",)


def test_a_damaged_file_is_named(path, mention) -> None:
    with open_sqlite(path) as stores:
        stores.mentions.add(mention(f"m{n}") for n in range(500))
    size = Path(path).stat().st_size
    with Path(path).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(PermanentError, match=re.escape(path)), open_sqlite(path) as stores:
        stores.mentions.add([mention("new")])


def test_a_folder_out_of_reach_is_permanent(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PermanentError, match="file"):
        open_sqlite(str(tmp_path / "file" / "tocsin.db"))
    with pytest.raises(PermanentError):
        open_sqlite(str(tmp_path))


def test_a_writer_that_waits_too_long_is_transient(path, mention, monkeypatch) -> None:
    monkeypatch.setattr(sqlite_connection, "BUSY_SECONDS", 0.05)
    with open_sqlite(path) as stores, open_sqlite(path) as others:
        with others.database.transaction(), pytest.raises(TransientError, match="locked"):
            stores.mentions.add([mention("a")])
        assert stores.mentions.total() == 0
        assert stores.mentions.add([mention("a")]).created == 1


def test_a_full_disk_is_transient_and_leaves_nothing_half(path, mention) -> None:
    with open_sqlite(path) as stores:
        pages = pragma(stores, "page_count")
        stores.database.rows(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(TransientError, match="full"):
            stores.mentions.add(mention(f"m{n}", text="long " * 500) for n in range(400))
        assert stores.mentions.total() == 0
        stores.database.rows("PRAGMA max_page_count = 100000")
        assert stores.mentions.add([mention("m1")]).created == 1


def test_a_reader_sees_the_store_while_another_writes(path, mention) -> None:
    with open_sqlite(path) as stores, open_sqlite(path) as others:
        stores.mentions.add([mention("a")])
        with others.database.transaction() as connection:
            connection.execute("DELETE FROM mentions")
            assert stores.mentions.total() == 1


def test_a_forked_process_must_open_its_own(path) -> None:
    with open_sqlite(path) as stores:
        child = os.fork()
        if child == 0:
            try:
                stores.close()
                stores.mentions.total()
            except PermanentError:
                os._exit(42)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42
        assert stores.mentions.total() == 0


def test_a_body_of_another_version_is_permanent(path, mention) -> None:
    with open_sqlite(path) as stores:
        stores.mentions.add([mention("a")])
        with stores.database.transaction() as connection:
            connection.execute("UPDATE mentions SET body = '{}'")
        with pytest.raises(PermanentError, match="cannot read"):
            stores.mentions.get("a")


def test_the_file_itself_refuses_a_second_open_incident(path) -> None:
    row = "INSERT INTO incidents (id, brand, is_open, opened_at, revision, body) VALUES (?, 'tonic', ?, 0, '1', '')"
    with open_sqlite(path) as stores:
        with stores.database.transaction() as connection:
            connection.executemany(row, [("i1", 1), ("i2", 0), ("i3", 0)])
        with pytest.raises(ConflictError), stores.database.transaction() as connection:
            connection.execute(row, ("i4", 1))


@pytest.mark.parametrize("name", ["_STORY_STARTS", "_NEGATIVES", "_OTHERS", "_TOP_STORIES"])
def test_counting_reads_one_span_of_one_brand(path, name) -> None:
    plan = explain(path, name)
    assert (
        "SEARCH mention_brands USING PRIMARY KEY (brand=? AND negative=? AND published_at>? AND published_at<?)"
        in plan
    )
    assert "SCAN" not in plan


def test_other_questions_use_their_index(path) -> None:
    assert "mentions_origins" in explain(path, "_ORIGINS")
    search = explain(path, "_SEARCH")
    assert "SEARCH mentions USING INTEGER PRIMARY KEY" in search
    assert "SEARCH b USING PRIMARY KEY (brand=? AND negative=? AND published_at=? AND n=?)" in search


def explain(path: str, name: str) -> str:
    from tocsin.adapters.sqlite import mentions as module

    sql = getattr(module, name)
    named = {"words": '"x"', "brand": "tonic", "limit": 3}
    with open_sqlite(path) as stores:
        values = named if ":words" in sql else [0] * sql.count("?")
        return "\n".join(row[3] for row in stores.database.rows(f"EXPLAIN QUERY PLAN {sql}", values))
