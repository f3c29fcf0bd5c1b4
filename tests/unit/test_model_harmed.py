"""Which brands a mention harms, whenever it was stored."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tocsin.model import Harm, Judgement, Mention, Tone
from tocsin.records import from_line, to_line

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
MENTION = Mention(
    "m", "s", "web", "", "", "text", "ann", NOON, NOON, "en", ("a", "b"), Tone.NEGATIVE, -0.4, "m"
)  # fmt: skip
TWO = (
    Judgement("a", Tone.NEGATIVE, -0.8, Harm.HARMFUL, 0.8, ("awful",)),
    Judgement("b", Tone.POSITIVE, 0.5, Harm.NONE, 0.0),
)


def test_only_the_brands_that_are_harmed() -> None:
    assert replace(MENTION, judgements=TWO).harmed == ("a",)


@pytest.mark.parametrize("harm", [Harm.RESOLVED, Harm.NONE, Harm.UNKNOWN])
def test_nothing_else_is_harm_even_in_a_negative_text(harm: Harm) -> None:
    assert replace(MENTION, brands=("a",), judgements=(replace(TWO[0], harm=harm),)).harmed == ()


def test_a_mention_of_before_harms_all_its_brands_by_its_tone() -> None:
    assert MENTION.harmed == ("a", "b")
    assert replace(MENTION, tone=Tone.NEUTRAL).harmed == ()


@pytest.mark.parametrize(
    ("tone", "compound", "harm", "score"),
    [
        (Tone.NEGATIVE, -0.4, Harm.HARMFUL, 0.4),
        (Tone.NEUTRAL, -0.01, Harm.NONE, 0.0),
        (Tone.POSITIVE, 0.4, Harm.NONE, 0.0),
        (Tone.UNKNOWN, 0.0, Harm.UNKNOWN, 0.0),
    ],
)
def test_a_brand_that_was_not_judged_is_judged_by_the_tone(tone, compound, harm, score) -> None:
    assert replace(MENTION, tone=tone, compound=compound).judgement_of("b") == Judgement(
        "b", tone, compound, harm, score
    )


def test_a_batch_of_before_reads_back_without_judgements() -> None:
    line = to_line(MENTION)
    old = line.replace(b',"judgements":[]', b"")
    assert old != line
    assert from_line(old, Mention) == MENTION
    judged = replace(MENTION, judgements=TWO)
    assert from_line(to_line(judged), Mention) == judged
