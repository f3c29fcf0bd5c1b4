"""What MentionStore promises of the words that drove a storm, on every kind of store."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.model import Tone, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1))
ALWAYS = Window(NOON - timedelta(days=9), NOON + timedelta(days=9))
COMMON = ["la", "marque", "vend", "sa", "boisson", "partout", "en", "France", "avec", "des", "bulles"]


def talk(mention, name: str, number: int, start: float, *news: str, **said: object) -> list:
    """So many texts of common words and the news.

    Each in another order: repeated passages do not count, or one shared press release would drown the rest.
    """
    dice = random.Random(name)
    texts = [" ".join(dice.sample([*COMMON, *news], 9 + len(news))) for _ in range(number)]
    return [mention(f"{name}{n}", minutes=start + n, title="", text=text, **said) for n, text in enumerate(texts)]


@pytest.fixture
def storm(stores, mention):
    stores.mentions.add(talk(mention, "old", 200, -300))
    stores.mentions.add(talk(mention, "new", 40, 0, "scandale", "l\u2019avis", "truqués"))
    return stores.mentions


def test_what_drove_it_is_what_was_not_said_before(storm) -> None:
    assert set(storm.driving_words("tonic", HOUR, 3)) == {"scandale", "avis", "truques"}


def test_words_come_strongest_first_up_to_the_limit(storm) -> None:
    words = storm.driving_words("tonic", HOUR, 3)
    assert storm.driving_words("tonic", HOUR, 1) == words[:1]
    assert storm.driving_words("tonic", HOUR, 0) == storm.driving_words("tonic", HOUR, -1) == ()
    assert set(words) <= set(storm.driving_words("tonic", HOUR, 10**9))


def test_only_the_brand_s_negatives_of_the_window_drive_it(stores, storm, mention) -> None:
    stores.mentions.add(talk(mention, "praise", 40, 0, "merci", "bravo", tone=Tone.POSITIVE, compound=0.5))
    stores.mentions.add(talk(mention, "later", 40, 90, "excuses"))
    stores.mentions.add(talk(mention, "other", 40, 0, "rappel", brands=("soda",)))
    assert set(storm.driving_words("tonic", HOUR, 3)) == {"scandale", "avis", "truques"}
    late = Window(NOON + timedelta(minutes=90), NOON + timedelta(minutes=180))
    assert storm.driving_words("tonic", late, 1) == ("excuses",)


def test_nothing_to_compare_with_drives_nothing(stores, mention) -> None:
    assert stores.mentions.driving_words("tonic", ALWAYS, 9) == ()
    stores.mentions.add(talk(mention, "only", 40, 0, "scandale"))
    assert stores.mentions.driving_words("tonic", ALWAYS, 9) == ()
    assert stores.mentions.driving_words("nobody", ALWAYS, 9) == ()


def test_one_odd_word_drives_nothing(stores, mention) -> None:
    stores.mentions.add([*talk(mention, "old", 200, -300), *talk(mention, "new", 2, 0, "saperlipopette")])
    assert "saperlipopette" not in stores.mentions.driving_words("tonic", HOUR, 99)
