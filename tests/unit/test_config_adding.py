"""New entries come below the others, in the file's own style; a file is never left broken."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tocsin.config import adding, load_config
from tocsin.config.adding import NewSource, add_sources, new_id
from tocsin.errors import ConfigError

NEW = NewSource("new", "feed", "https://n.example/feed?a=1&b=%22x%22", "news", "fr", "Le journal: «nouveau» # 1")
INDENTED = """# What we read.
sources:
  # A paper.
  - id: paper   # keep
    kind: feed
    url: https://p.example/f

  - {id: old, kind: feed, url: 'https://o.example/f', enabled: false}
# the end
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "brands.yaml").write_text("brands: [{id: tonic, name: Tonic}]")
    (tmp_path / "people.yaml").write_text("people: []")
    return tmp_path


def added(folder: Path, text: str | None, *sources: NewSource) -> str:
    if text is not None:
        (folder / "sources.yaml").write_bytes(text.encode())
    add_sources(folder, sources or (NEW,))
    return (folder / "sources.yaml").read_bytes().decode()


@pytest.mark.parametrize(
    "text",
    [
        INDENTED,
        "sources:\n- id: paper\n  kind: feed\n  url: https://p.example/f\n",
        "sources:\n- id: paper\n  kind: feed\n  url: https://p.example/f",
        "sources:\r\n  - id: paper\r\n    kind: feed\r\n    url: https://p.example/f\r\n",
        "sources: []\n",
        "sources: []  # none yet\n# more\n",
        "sources:\n",
        "sources:",
        "# only a word\nsources:   # none\n",
        "sources: null\n",
        "sources: ~",
        None,
    ],
)
def test_what_was_there_stays_and_the_new_one_follows(folder: Path, text: str | None) -> None:
    got = added(folder, text)
    config = load_config(folder)
    assert config.sources[-1].id == "new"
    assert config.sources[-1].url == NEW.url
    assert (config.sources[-1].network, config.sources[-1].language) == ("news", "fr")
    if text and "id: paper" in text:
        assert got.startswith(text.rstrip())
        assert config.sources[0].id == "paper"
    for comment in ("# keep", "# the end", "# none yet", "# more", "# only a word"):
        assert (comment in got) == (comment in (text or ""))
    if text and "\r\n" in text:
        assert got.count("\n") == got.count("\r\n")


def test_the_style_of_the_list_is_kept(folder: Path) -> None:
    got = added(folder, INDENTED)
    assert got.endswith(
        "# the end\n\n  # Le journal: «nouveau» # 1\n  - id: new\n    kind: feed\n"
        f"    url: '{NEW.url}'\n    network: news\n    language: fr\n"
    )
    assert [entry["id"] for entry in yaml.safe_load(got)["sources"]] == ["paper", "old", "new"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sources: [{id: a, kind: feed, url: 'https://a.example/'}]\n", "not a list with a line for each"),
        ("sources:\n  - {id: a, kind: fed}\n", "kind: 'fed' is not known"),
        ("sources:\n  - {id: new, kind: feed, url: 'https://a.example/'}\n", "is already in line 2"),
        ("sources: [\n", "sources.yaml:"),
    ],
)
def test_a_file_that_we_cannot_add_to_stays_as_it_is(folder: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        added(folder, text)
    assert (folder / "sources.yaml").read_text() == text
    assert sorted(path.name for path in folder.iterdir()) == ["brands.yaml", "people.yaml", "sources.yaml"]


def test_rights_and_links_of_the_file_stay(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    real = tmp_path_factory.mktemp("real") / "mine.yaml"
    real.write_text(INDENTED)
    real.chmod(0o640)
    (folder / "sources.yaml").symlink_to(real)
    added(folder, None)
    assert (folder / "sources.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "id: new" in real.read_text()


def test_a_folder_that_we_may_not_write_is_said(folder: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        add_sources(folder / "nowhere", (NEW,))


def test_who_wrote_meanwhile_is_not_overwritten(folder: Path) -> None:
    path = folder / "sources.yaml"
    path.write_text("sources: []  # theirs\n")
    with pytest.raises(ConfigError, match="somebody else"):
        adding._replace(path, b"sources: []\n", b"sources: []  # ours\n")
    assert path.read_text() == "sources: []  # theirs\n"
    assert len(list(folder.iterdir())) == 3


@given(about=st.text(max_size=60), path=st.from_regex(r"[a-z0-9:#?&=\[\]{},!*'%@-]{0,20}", fullmatch=True))
def test_whatever_a_site_says_of_itself_the_file_stays_right(
    tmp_path_factory: pytest.TempPathFactory, about: str, path: str
) -> None:
    folder = tmp_path_factory.mktemp("config")
    (folder / "brands.yaml").write_text("brands: [{id: tonic, name: Tonic}]")
    (folder / "people.yaml").write_text("people: []")
    added(folder, INDENTED, NewSource("new", "feed", f"https://n.example/{path}", about=about))
    assert load_config(folder).sources[-1].url == f"https://n.example/{path}"


def test_ids_are_fit_and_free() -> None:
    assert new_id("https://www.le-monde.example/rss", set()) == "le-monde-example"
    assert new_id("https://www.le-monde.example/rss", {"le-monde-example"}) == "le-monde-example-2"
    assert new_id("https://e.org/", {"e-org", "e-org-2"}, "") == "e-org-3"
    assert new_id("https://e.org/", set(), "archive") == "e-org-archive"
    assert new_id("http://[::1]/", set()) == "1"
    assert len(new_id(f"https://{'a' * 60}.{'b' * 60}.example/", set())) <= 64


def test_the_project_s_own_file_can_be_added_to(folder: Path) -> None:
    own = Path(__file__).resolve().parents[2] / "include" / "config" / "sources.yaml"
    got = added(folder, own.read_text(encoding="utf-8"))
    assert got.startswith(own.read_text(encoding="utf-8").rstrip())
    assert load_config(folder).sources[-1].id == "new"
