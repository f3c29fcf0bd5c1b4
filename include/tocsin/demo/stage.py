"""Prepare the demo's own home, config and settings, so that nothing of the user's is read, written or mailed."""

import fcntl
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml

from tocsin.config import Settings
from tocsin.demo.newsroom import Newsroom
from tocsin.demo.post import Feed
from tocsin.errors import ConfigError
from tocsin.standalone import stop_left_over

_MARK = "this-is-a-tocsin-demo"

NO_STORE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one demo plays: `home` is fresh and ours alone, `scenario` and `project` are only read."""

    home: Path
    scenario: Path
    project: Path
    password: str

    @property
    def config(self) -> Path:
        """Folder of the demo's brands.yaml, people.yaml and sources.yaml."""
        return self.home / "config"

    @property
    def log(self) -> Path:
        """Where Airflow's own words go."""
        return self.home / "airflow.log"


@contextmanager
def take_stage(home: Path, project: Path, scenario: str = "citrombelle") -> Iterator[Stage]:
    """Give a fresh home and hold it alone; ConfigError: another demo plays there, or it holds something else."""
    home = home.absolute()
    folder = project / "include" / "scenarios" / scenario
    for needed in (folder, project / "dags"):
        if not needed.is_dir():
            raise ConfigError(f"{needed} is missing; the demo runs from a clone of the project (make demo)")
    if home.exists() and any(home.iterdir()) and not (home / _MARK).exists():
        raise ConfigError(f"{home} is not empty and no demo's home; use --home with a new folder")
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_name(f"{home.name}.lock").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise ConfigError(f"a demo is already playing in {home}; stop it, or use --home DIR") from exc
        _clear(home)
        yield Stage(home, folder, project, secrets.token_urlsafe(9))


def _clear(home: Path) -> None:
    stop_left_over(home)
    if home.exists():
        shutil.rmtree(home)
    home.mkdir()
    (home / _MARK).touch()


def write_config(stage: Stage, newsroom: Newsroom) -> None:
    """Write the demo's config into its folder."""
    stage.config.mkdir()
    write_newsroom_config(stage.config, stage.scenario, newsroom.story.feeds, newsroom.url)


def write_newsroom_config(folder: Path, scenario: Path, feeds: Iterable[Feed], address: str) -> None:
    """Write a config into `folder`: the scenario's brands and people, and the feeds at `address` as sources.

    Each file is replaced at once: those who read it meanwhile read the old one or the new one.
    """
    for name in ("brands.yaml", "people.yaml"):
        _replace(folder / name, (scenario / name).read_text(encoding="utf-8"))
    sources = [
        {"id": feed.id, "kind": "feed", "url": f"{address}/{feed.id}.xml", "network": feed.network, "every": "1m"}
        | {"full_text": "never"}  # The feeds hold all that the pages do.
        | ({"language": feed.language} if feed.language else {})
        for feed in feeds
    ]
    text = yaml.safe_dump({"sources": sources}, allow_unicode=True, sort_keys=False)
    _replace(folder / "sources.yaml", "# The demo's newsroom.\n" + text)


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def demo_settings(stage: Stage, smtp_port: int, store: Mapping[str, str] = NO_STORE) -> dict[str, str]:
    """Give the TOCSIN_ settings of the demo, all of them, so that none of the user's shines through.

    `store` are those that lead to another store than the SQLite file in its home.
    """
    ours = {
        "HOME": str(stage.home),
        "CONFIG": str(stage.config),
        "ALLOW_NETWORKS": "127.0.0.0/8",
        # All of its feeds are on one host, ours.
        "HOST_SPACING": "0",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "SMTP_TLS": "none",
        "SMTP_FROM": "tocsin@tocsin.example",
        "PSEUDONYM_KEY": secrets.token_hex(16),
    }
    # An empty value counts as none, and hides that of a user's `.env`.
    every = dict.fromkeys((name.upper() for name in Settings.model_fields), "") | ours
    return {f"TOCSIN_{name}": value for name, value in every.items()} | dict(store)


def without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the environment without settings of Airflow or Tocsin: the demo has its own."""
    return {name: value for name, value in environ.items() if not name.startswith(("AIRFLOW", "TOCSIN_"))}
