"""The door of the live product: what is wrong with the place it should live in is said in a sentence."""

from pathlib import Path

import pytest

from tocsin.errors import PermanentError
from tocsin.wiring import open_app

FILES = {
    "brands": "brands: [{id: tonic, name: Tonic}]",
    "sources": "sources: [{id: news, kind: feed, url: 'https://example.org/f'}]",
    "people": "people: [{id: ana, name: Ana, email: ana@example.org}]",
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_home_that_cannot_be_a_folder_is_said(config: Path) -> None:
    home = config / "a file"
    home.write_text("", encoding="utf-8")
    with pytest.raises(PermanentError, match="TOCSIN_HOME.*a file"), open_app(environ(config, home)):
        pass


def test_a_key_that_cannot_be_kept_is_said(config: Path) -> None:
    home = config / "home"
    (home / "pseudonym.key").mkdir(parents=True)
    with open_app(environ(config, home)) as app, pytest.raises(PermanentError, match=r"pseudonym\.key"):
        app.collect()


def environ(config: Path, home: Path) -> dict[str, str]:
    return {"TOCSIN_HOME": str(home), "TOCSIN_CONFIG": str(config)}
