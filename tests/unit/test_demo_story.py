"""The demo's story: the same hour gives the same posts, in the right places, with real variety."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.demo.story import read_offset, tell_story
from tocsin.errors import ConfigError

FOLDER = Path(__file__).parents[2] / "include" / "scenarios" / "citrombelle"
HOUR = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def story():
    return tell_story(FOLDER, HOUR)


def test_the_same_hour_gives_the_same_story(story):
    assert tell_story(FOLDER, HOUR) == story


@pytest.mark.parametrize("hour", [HOUR + timedelta(hours=9), datetime(2026, 3, 29, 3, 0, tzinfo=UTC)])
def test_another_hour_moves_the_crisis_and_keeps_its_words(story, hour):
    moved = tell_story(FOLDER, hour)
    told = [(post.at - HOUR, post.text) for post in story.posts if post.author == "Iris Delmotte"]
    assert [(post.at - hour, post.text) for post in moved.posts if post.author == "Iris Delmotte"] == told


def test_chapters_follow_each_other_and_hold_their_posts(story):
    assert [chapter.number for chapter in story.chapters] == list(range(8))
    for before, after in zip(story.chapters, story.chapters[1:], strict=False):
        assert before.end == after.start or before.end + timedelta(minutes=10) >= after.start
    for post in story.posts:
        assert story.chapter_at(post.at).number == post.chapter
        assert post.at.tzinfo is not None


def test_what_is_told_before_the_alarm_has_happened_when_the_demo_starts(story):
    told = [post.at for post in story.posts if post.chapter <= 4 and post.chapter > 0]
    assert max(told) < HOUR
    assert min(told) > HOUR - timedelta(hours=6)


def test_links_are_one_per_post(story):
    paths = [post.path for post in story.posts]
    assert len(set(paths)) == len(paths) > 700


def test_the_crisis_has_many_voices_with_words_of_their_own(story):
    crisis = [post for post in story.posts if post.chapter in {2, 3, 4, 5, 6} and "Citrombelle" in post.text]
    voices = {post.text for post in crisis if not post.author.startswith("passe_")}
    authors = {post.author for post in crisis if not post.author.startswith("passe_")}
    assert len(voices) >= 110
    assert len(authors) >= 100
    assert sum(post.author.startswith("passe_") for post in crisis) >= 40


def test_the_fortnight_before_is_ordinary_and_sleeps_at_night(story):
    usual = [post for post in story.posts if post.chapter == 0]
    assert 450 <= len(usual) <= 750
    assert min(post.at for post in usual) >= HOUR - timedelta(days=14)
    by_day = sum(7 <= post.at.hour < 19 for post in usual)
    assert by_day > 2 * (len(usual) - by_day)
    assert len({post.text for post in usual}) > 0.95 * len(usual)


def test_hostile_posts_are_there_once(story):
    assert sum("<script>" in post.html for post in story.posts) == 1
    assert sum(bool(post.broken_date) for post in story.posts) == 1


@given(hours=st.integers(0, 99), minutes=st.integers(0, 59), back=st.booleans())
def test_offsets_read_as_written(hours, minutes, back):
    span = timedelta(hours=hours, minutes=minutes)
    assert read_offset(f"{'-' if back else ''}{hours}h{minutes}m") == (-span if back else span)


@pytest.mark.parametrize("text", ["", "-", "2", "2h 15m", "2d", "+2h", "--1m"])
def test_other_offsets_are_refused(text):
    with pytest.raises(ValueError, match="not a time"):
        read_offset(text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"newsroom\.yaml"):
        tell_story(tmp_path, HOUR)
