"""The demo's home is its own: nobody else's folder is emptied, no user's setting shines through."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.config import load_config, read_settings
from tocsin.demo.newsroom import Newsroom
from tocsin.demo.stage import demo_settings, take_stage, without_ours, write_config
from tocsin.demo.story import tell_story
from tocsin.errors import ConfigError

PROJECT = Path(__file__).parents[2]
HOUR = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def test_the_home_is_made_anew_each_time(tmp_path):
    for _ in range(2):
        with take_stage(tmp_path / "demo", PROJECT) as stage:
            assert not stage.config.exists()
            stage.config.mkdir()
            (stage.home / "tocsin.db").touch()


def test_a_folder_of_somebody_else_is_not_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="not empty"), take_stage(tmp_path, PROJECT):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_two_demos_in_one_home_do_not_meet(tmp_path):
    with take_stage(tmp_path / "demo", PROJECT):
        with pytest.raises(ConfigError, match="already playing"), take_stage(tmp_path / "demo", PROJECT):
            pass
        with take_stage(tmp_path / "other", PROJECT):
            pass


def test_without_a_clone_it_says_so(tmp_path):
    with pytest.raises(ConfigError, match="runs from a clone"), take_stage(tmp_path / "demo", tmp_path):
        pass


def test_its_config_and_settings_are_sound_and_hide_the_users(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("TOCSIN_STORE=sqlite:////the/users/own.db\nTOCSIN_SMTP_USERNAME=user\n")
    monkeypatch.chdir(tmp_path)
    user = {"TOCSIN_HOME": "/users", "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW_HOME": "/a", "LANG": "C"}
    with take_stage(tmp_path / "demo", PROJECT) as stage:
        newsroom = Newsroom(tell_story(stage.scenario, HOUR), lambda: HOUR)
        with newsroom:
            write_config(stage, newsroom)
        config = load_config(stage.config)
        settings = read_settings(without_ours(user) | demo_settings(stage, 2525))
    assert without_ours(user) == {"LANG": "C"}
    assert [source.url for source in config.sources] == [
        f"{newsroom.url}/{feed.id}.xml" for feed in newsroom.story.feeds
    ]
    assert {person.language for person in config.people} == {"fr", "en"}
    assert config.advice() == ()
    assert settings.database == str(tmp_path / "demo" / "tocsin.db")
    assert settings.smtp_username is None
    assert (settings.smtp_host, settings.smtp_port, settings.smtp_tls) == ("127.0.0.1", 2525, "none")
