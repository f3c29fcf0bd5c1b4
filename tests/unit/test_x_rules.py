"""What X is asked for and what it may cost: rules, budget and waits, all pure."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.networks.memory import Memory, Place
from tocsin.collect.networks.read_x import OLDEST, id_at, paid_in, time_of
from tocsin.collect.x.backoff import Backoff
from tocsin.collect.x.budget import charged, month_of, next_month, spent, spent_on
from tocsin.collect.x.reading import started
from tocsin.collect.x.rules import LIMITS, changes, queries_of, query_of, rules_of, terms_of
from tocsin.errors import PermanentError
from tocsin.model import Brand, SourceState
from tocsin.ports import StreamRule, Trouble

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SELF_SERVE = LIMITS["self_serve"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Bulla"], ['"Bulla"']),
        (["Air France"], ['"Air France"', "#AirFrance"]),
        (["@airfrance", "#AF447", "$AIRF"], ["@airfrance", "#AF447", "$AIRF"]),
        (["@a_name_that_is_too_long_for_x"], ['"@a_name_that_is_too_long_for_x"']),
        (['the "best" \\ OR -not'], ['"the best OR -not"', "#thebestORnot"]),
        (["(bulla)"], ['"(bulla)"']),
        (["#1"], ['"#1"']),
        (["bulla", "BULLA"], ['"bulla"']),
        (["🫧"], ['"🫧"']),
        (["!!", '"'], []),
        (["L'Oréal"], ['"L\'Oréal"', "#LOréal"]),
    ],
)
def test_names_are_asked_for_as_phrases_and_nothing_in_them_is_an_operator(names, expected) -> None:
    assert terms_of(Brand("b", "Other", tuple(names))) == expected


def test_a_brand_is_asked_for_by_its_aliases_and_by_its_name_only_without_any() -> None:
    assert terms_of(Brand("b", "Bulla", ("Bulla SA",))) == ['"Bulla SA"', "#BullaSA"]
    assert terms_of(Brand("b", "Bulla")) == ['"Bulla"']


def test_a_stream_is_asked_without_accents_too_since_it_does_not_fold_them() -> None:
    brand = Brand("ca", "Crédit Agricole")
    assert rules_of([brand], SELF_SERVE) == (
        StreamRule(
            '("Crédit Agricole" OR #CréditAgricole OR "Credit Agricole" OR #CreditAgricole) -is:retweet', "tocsin:ca"
        ),
    )
    assert queries_of([brand], 512) == ('("Crédit Agricole" OR #CréditAgricole) -is:retweet',)


def test_a_negation_holds_for_its_own_brand_only_and_each_word_is_negated_alone() -> None:
    brands = [Brand("a", "Alpha"), Brand("o", "Orange", never=("orange juice", "@orangeade")), Brand("b", "Beta")]
    assert queries_of(brands, 512) == (
        '("Alpha" OR "Beta") -is:retweet',
        '"Orange" -"orange juice" -@orangeade -is:retweet',
    )
    assert queries_of(brands, 512, reposts=True)[1] == '"Orange" -"orange juice" -@orangeade'


def test_never_words_give_way_where_they_take_more_than_half_of_the_room() -> None:
    brand = Brand("o", "Orange", never=tuple(f"orange thing number {n}" for n in range(100)))
    (query,) = queries_of([brand], 512)
    assert query.startswith('"Orange" -"orange thing number 0"')
    assert 200 < len(query) <= 512 // 2 + 8


def test_what_a_source_asks_itself_is_one_query() -> None:
    assert query_of("Bulla") == '"Bulla" -is:retweet'
    assert query_of("#bulla", reposts=True) == "#bulla"
    assert query_of("  ") == ""


NAMES = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=120)
BRANDS = st.lists(
    st.builds(
        lambda name, aliases, never: Brand("b", name, tuple(aliases), never=tuple(never)),
        NAMES,
        st.lists(NAMES, max_size=12),
        st.lists(NAMES, max_size=6),
    ),
    max_size=5,
)


@given(brands=BRANDS, longest=st.sampled_from([256, 512, 1024, 4096]), reposts=st.booleans())
def test_every_query_fits_is_whole_and_no_name_is_lost(brands, longest, reposts) -> None:
    queries = queries_of(brands, longest, reposts=reposts)
    for query in queries:
        assert len(query.encode("utf-16-le")) // 2 <= longest
        assert query.count('"') % 2 == 0
        bare = re.sub(r'"[^"]*"', "", query)
        assert bare.count("(") == bare.count(")") <= 1
        assert not bare.startswith("-")
        assert ("-is:retweet" in bare) is not reposts
    together = " ".join(queries)
    assert all(term.casefold() in together.casefold() for brand in brands for term in terms_of(brand))


@given(brands=BRANDS)
def test_every_rule_fits_and_setting_them_again_changes_nothing(brands) -> None:
    brands = [Brand(f"b{n}", one.name, one.aliases, never=one.never) for n, one in enumerate(brands)]
    wanted = rules_of(brands, SELF_SERVE)
    assert all(len(rule.value.encode("utf-16-le")) // 2 <= 1024 for rule in wanted)
    assert len({rule.value for rule in wanted}) == len(wanted)
    held = [StreamRule(rule.value, rule.tag, f"{n}") for n, rule in enumerate(wanted)]
    assert changes(wanted, held, SELF_SERVE) == changes((), (), SELF_SERVE)
    assert set(changes((), held, SELF_SERVE).delete) == {rule.id for rule in held}


def test_only_what_differs_is_changed_and_rules_of_others_stay() -> None:
    held = [
        StreamRule('"Old"', "tocsin:old", "1"),
        StreamRule('"Bulla"', "tocsin:bulla", "2"),
        StreamRule('"Old"', "marketing", "3"),
        StreamRule('"Shared"', "", "4"),
        StreamRule('"Moved"', "tocsin:before", "5"),
    ]
    wanted = [StreamRule(f'"{name}"', f"tocsin:{name.lower()}") for name in ("Bulla", "New", "Shared", "Moved")]
    needed = changes(wanted, held, SELF_SERVE)
    assert [rule.value for rule in needed.add] == ['"New"', '"Moved"'], "X would refuse a second Shared"
    assert needed.delete == ("1", "5")


def test_more_rules_than_x_takes_are_refused_before_any_is_sent() -> None:
    wanted = [StreamRule(f'"n{n}"', "tocsin:n") for n in range(999)]
    others = [StreamRule(f'"o{n}"', "other", f"{n}") for n in range(2)]
    with pytest.raises(PermanentError, match="1,000 rules: these brands need 999, others of the app hold 2"):
        changes(wanted, others, SELF_SERVE)
    assert len(changes(wanted, others[:1], SELF_SERVE).add) == 999


def test_a_month_is_utcs_and_its_price_begins_at_nothing() -> None:
    paris = datetime.fromisoformat("2026-12-01T00:30:00+01:00")
    assert month_of(paris) == "2026-11"
    assert next_month(paris) == datetime(2026, 12, 1, tzinfo=UTC)
    memory = charged(charged(Memory({"q": Place("1")}), 40, NOON), 2, NOON)
    states = [SourceState("x", cursor='{"words":{},"day":"2026-11","spent":{"x_posts":8}}'), SourceState("feed")]
    assert (memory.cost("x_posts", "2026-11"), memory.places) == (42, {"q": Place("1")})
    assert spent(states, NOON) == 8
    assert spent(states, NOON + timedelta(days=20)) == 0
    assert charged(memory, 5, NOON + timedelta(days=20)).cost("x_posts", "2026-12") == 5


@pytest.mark.parametrize(
    ("left", "per_day", "expected"),
    [
        (100, 50, NOON + timedelta(days=2)),
        (100, 1, None),
        (100, 0, None),
        (0, 5, NOON),
        (-3, 0, NOON),
    ],
)
def test_a_forecast_says_when_the_rest_is_spent(left, per_day, expected) -> None:
    assert spent_on(left, per_day, NOON) == expected


def test_posts_are_counted_once_each_with_those_that_came_along() -> None:
    along = {"tweets": [{"id": "1"}, {"id": "9"}]}
    assert paid_in({"data": [{"id": "1"}, {"id": "2"}], "includes": along}) == 3
    assert paid_in({"data": {"id": "1"}}) == 1
    assert paid_in({"meta": {"result_count": 0}}) == 0


def test_waits_are_those_that_x_asks_for() -> None:
    def waits(*troubles: Trouble, asked: float | None = None) -> list[float]:
        backoff, found = Backoff(), []
        for trouble in troubles:
            backoff = backoff.after(trouble, asked)
            found.append(backoff.wait)
        return found

    assert waits(*[Trouble.NETWORK] * 3) == [0.25, 0.5, 0.75]
    assert waits(*[Trouble.NETWORK] * 100)[-1] == 16
    assert waits(*[Trouble.HTTP] * 8) == [5, 10, 20, 40, 80, 160, 320, 320]
    assert waits(*[Trouble.LIMIT] * 5) == [60, 120, 240, 480, 900]
    assert waits(Trouble.LIMIT, asked=431) == [431], "never before the reset that X names"
    assert waits(Trouble.HTTP, Trouble.HTTP, Trouble.NETWORK) == [5, 10, 0.25]
    lived = Backoff().after(Trouble.HTTP).after(Trouble.NETWORK, alive=True)
    assert (lived.wait, lived.after(Trouble.NETWORK).wait) == (0.0, 0.25)


def test_ids_tell_their_time_and_back() -> None:
    assert time_of(id_at(NOON)) == NOON
    assert [time_of(name) for name in ("", "12", "x", "9" * 30)] == [None] * 4


def test_a_query_that_is_new_goes_on_where_the_others_are() -> None:
    archived = {"archive a b q": Place("7", "", "p")}
    older, newer = id_at(NOON - timedelta(hours=2)), id_at(NOON - timedelta(hours=1))
    places = {**archived, "old": Place(older), "kept": Place(newer, "40", "page")}
    after = started(Memory(places, "2026-11", {"x_posts": 4}), ["kept", "new"], NOON)
    assert dict(after.places) == {**archived, "new": Place(older), "kept": Place(newer, "40", "page")}
    assert (after.day, after.spent) == ("2026-11", {"x_posts": 4})


def test_a_first_look_is_a_day_and_none_goes_further_back_than_search() -> None:
    assert started(Memory(), ["q"], NOON).places == {"q": Place(id_at(NOON - timedelta(days=1)))}
    stale = Memory({"q": Place(id_at(NOON - timedelta(days=9)), "8", "page")})
    assert started(stale, ["q"], NOON).places == {"q": Place(id_at(NOON - OLDEST))}
