"""Copies are one story; opinions that merely resemble each other are not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rensa import RMinHash

from tocsin.enrich.stories import SPAN, StoryBook
from tocsin.model import Window

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = "Bulla paid an agency to post four hundred fake comments praising its new lemonade, says our inquiry"


def stories(*texts: str) -> list[str]:
    book = StoryBook()
    return [book.assign(f"m{at}", NOON + at * HOUR, text) for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(FIRST, id="same words"),
        pytest.param(f"RT @newsdesk: {FIRST}", id="retweet"),
        pytest.param(FIRST.replace("four", "five"), id="one word changed"),
        pytest.param(f"{FIRST} #BullaGate", id="hashtag added"),
        pytest.param(f"{FIRST} https://news.example/a1?utm=x", id="a link"),
        pytest.param(f"@ann @bob {FIRST.upper()}!!! 😡", id="handles, capitals, emoji"),
        pytest.param(FIRST.replace("Bulla", "Búllà"), id="accents"),
        pytest.param(FIRST.replace("comments", "commetns").replace("inquiry", "inqiury"), id="typos"),
        pytest.param(FIRST[: len(FIRST) * 3 // 4] + "…", id="cut off"),
        pytest.param(FIRST.replace("new lemonade", "newlemonade"), id="a space lost"),
        pytest.param(" ".join(f"@friend{at}" for at in range(15)) + f" {FIRST}", id="many handles"),
    ],
)
def test_a_copy_joins(copy: str) -> None:
    assert stories(FIRST, copy) == ["m0", "m0"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "@bulla my order never came and nobody answers the phone, I want my money back",
            "@bulla my parcel never came and nobody answers my mails, I want a refund now",
            id="same complaint, own words",
        ),
        pytest.param(
            "Le service client de Bulla ne répond jamais, trois semaines que j'attends un remboursement",
            "Le service client de Bulla ne répond pas, deux mois que mon colis est perdu",
            id="même début, autre plainte",
        ),
        pytest.param("@bulla honte à vous", "@coca honte à vous", id="short, about another"),
        pytest.param("lol", "lool", id="short and nearly the same"),
        pytest.param("Bulla is the best brand of all", "Bulla is the worst brand of all", id="one word says it all"),
        pytest.param("Bulla m'a remboursé aujourd'hui", "Bulla m'a ruiné aujourd'hui", id="un mot dit tout"),
        pytest.param(
            "never buy Bulla again",
            "never buy Bulla again they said, and here I am with my third crate this month",
            id="four words inside a text of its own",
        ),
        pytest.param("", "", id="nothing is no copy of nothing"),
        pytest.param("https://a.example/1", "https://a.example/2", id="two bare links"),
    ],
)
def test_opinions_stay_apart(one: str, other: str) -> None:
    assert stories(one, other) == ["m0", "m1"]


@pytest.mark.parametrize("text", ["@bulla  LOL", "honte à vous", "https://a.example/1", "😡😡"])
def test_short_texts_join_when_equal(text: str) -> None:
    assert stories(text, text.replace("  ", " ").lower()) == ["m0", "m0"]


@pytest.mark.parametrize(("later", "joins"), [(SPAN, True), (SPAN + timedelta(seconds=1), False), (-SPAN, True)])
def test_copies_join_within_the_span_either_way(later: timedelta, joins: bool) -> None:
    book = StoryBook()
    assert book.assign("a", NOON, FIRST) == "a"
    assert book.assign("b", NOON + later, FIRST) == ("a" if joins else "b")


@pytest.mark.parametrize("copy", ["so true: {} #BullaGate", "{} 😡😡 via @sharebot", "RT @ann {}"])
def test_a_short_text_that_stands_whole_in_the_other_joins(copy: str) -> None:
    short = "never buy Bulla lemonade again"
    assert stories(short, copy.format(short)) == stories(copy.format(short), short) == ["m0", "m0"]


def test_a_retweet_of_few_words_joins() -> None:
    assert stories("@bulla honte à vous", "RT @bulla honte à vous") == ["m0", "m0"]


@pytest.mark.parametrize(("threshold", "story"), [(0.45, "a"), (0.6, "b")])
def test_a_candidate_is_checked(threshold: float, story: str) -> None:
    # Half of the runs of letters are shared, which the index alone takes for alike.
    book = StoryBook(threshold=threshold)
    book.assign("a", NOON, "one two three four five six seven eight nine ten eleven twelve thirteen fourteen")
    other = "one two three quatre five six seven eight nine dix eleven twelve treize fourteen"
    assert book.assign("b", NOON, other) == story


def test_a_story_does_not_wander() -> None:
    # Each is a copy of the one before; the last is no copy of the first.
    words = FIRST.split()
    chain = [
        " ".join([*words[: len(words) - 3 * step], *(f"new{step}{i}" for i in range(3 * step))]) for step in range(5)
    ]
    assert stories(*chain)[0] != stories(*chain)[-1]


def test_the_earliest_known_text_names_the_story() -> None:
    book = StoryBook()
    book.learn("late", NOON + 100 * HOUR, FIRST)
    book.learn("early", NOON + 20 * HOUR, FIRST)
    assert book.assign("new", NOON + 60 * HOUR, FIRST) == "early"


def test_a_known_story_keeps_its_name_when_it_comes_again() -> None:
    book = StoryBook()
    book.learn("later", NOON + HOUR, FIRST)
    book.learn("earlier", NOON, FIRST)
    assert book.assign("later", NOON + HOUR, FIRST) == "later"


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    book = StoryBook(capacity=50)
    texts = [" ".join(f"{word}{at}" for word in FIRST.split()) for at in range(40)] + [
        f"short {at}" for at in range(40)
    ]
    for at, text in enumerate(texts):
        book.learn(f"s{at}", NOON, text)
    assert len(book._origins) == len(book._ids) == 50
    assert len(book._letters) == 40
    assert book.assign("x", NOON, texts[0]) == "x"
    assert book.assign("y", NOON, texts[39]) == "s39"


def test_sketches_are_the_same_in_every_process() -> None:
    sketch = RMinHash(4, 7)
    sketch.update(["one two", "two three"])
    assert sketch.digest() == [3535698773, 856161114, 4168325324, 40660515]


WORDS = ("bulla", "cola", "honte", "scandale", "fake", "comments", "refund", "never", "again")
TEXTS = st.lists(st.tuples(st.integers(0, 300), st.lists(st.sampled_from(WORDS), max_size=9)), max_size=30)


@given(TEXTS)
def test_a_story_told_again_is_the_same_story(drawn: list[tuple[int, list[str]]]) -> None:
    book = StoryBook()
    mentions = [(f"m{at}", NOON + hours * HOUR, " ".join(words)) for at, (hours, words) in enumerate(drawn)]
    first = [book.assign(*mention) for mention in mentions]
    origins = [mention for mention, story in zip(mentions, first, strict=True) if story == mention[0]]
    assert [book.assign(*mention) for mention in origins] == [mention[0] for mention in origins]


@given(TEXTS, st.integers(0, 30))
def test_a_book_learned_from_its_origins_goes_on_alike(drawn: list[tuple[int, list[str]]], cut: int) -> None:
    mentions = [(f"m{at}", NOON + hours * HOUR, " ".join(words)) for at, (hours, words) in enumerate(drawn)]
    book = StoryBook()
    undisturbed = [book.assign(*mention) for mention in mentions]
    again = StoryBook()
    for mention, story in zip(mentions[:cut], undisturbed, strict=False):
        if story == mention[0]:
            again.learn(*mention)
    assert [again.assign(*mention) for mention in mentions[cut:]] == undisturbed[cut:]


def test_days_are_asked_for_once() -> None:
    book = StoryBook(span=timedelta(hours=25))
    day = timedelta(days=1)
    midnight = NOON - 12 * HOUR
    assert book.unlearned([NOON]) == (Window(midnight - 2 * day, midnight + 3 * day),)
    assert book.unlearned([NOON + HOUR]) == ()
    assert book.unlearned([NOON + day, NOON - 40 * day]) == (
        Window(midnight - 42 * day, midnight - 37 * day),
        Window(midnight + 3 * day, midnight + 4 * day),
    )
