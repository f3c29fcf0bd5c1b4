"""Labels as other people write them."""

import pytest

from tocsin.errors import ConfigError
from tocsin.evaluate.labels import number_of, read_labels
from tocsin.model import Tone

NEG, NEU, POS = Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE


@pytest.mark.parametrize(
    ("labels", "asked", "expected"),
    [
        (("negative", "Neutral ", "POSITIVE", "irrelevant"), "", (NEG, NEU, POS, None)),
        (("NEG", "neu", "pos", ""), "", (NEG, NEU, POS, None)),
        (("négatif", "Neutre", "positif"), "", (NEG, NEU, POS)),
        (("Negative emotion", "No emotion toward brand or  product"), "", (NEG, NEU)),
        (("-1", "0", "1", "n/a"), "", (NEG, NEU, POS, None)),
        (("−1", "+1", "0.0"), "", (NEG, POS, NEU)),
        (("0", "1"), "", (NEG, POS)),
        (("0", "1", "2"), "", (NEG, NEU, POS)),
        (("0", "4"), "", (NEG, POS)),
        (("0", "2", "4"), "", (NEG, NEU, POS)),
        (("1.0", "2,5", "3", "4", "5"), "", (NEG, NEG, NEU, POS, POS)),
        (("-2", "-1", "0", "2"), "", (NEG, NEG, NEU, POS)),
        (("-0.3", "0", "2.7"), "", (NEG, None, POS)),
        (("0", "2", "4"), "0=negative,4=positive", (NEG, None, POS)),
        (("0.0", "4.00"), "0=neg, 4=POS", (NEG, POS)),
        (("Complaint", "praise", "neutral"), "complaint=negative,praise=positive", (NEG, POS, None)),
        (("a=b", "c"), "a=b=negative,c=positive", (NEG, POS)),
        (("1", "3", "9"), "stars", (NEG, NEU, POS)),
        (("0", "1"), "Sign", (NEU, POS)),
        (("1 star", "2 stars"), "", (NEG, NEG)),
        (("3 étoiles", "4,5 Étoiles", "stars"), "", (NEU, POS, None)),
    ],
)
def test_labels_are_read(labels: tuple[str, ...], asked: str, expected: tuple[Tone | None, ...]) -> None:
    read = read_labels(labels, asked).read
    assert tuple(read(label) for label in labels) == expected


@pytest.mark.parametrize(
    ("labels", "asked", "said"),
    [
        (("0", "3", "10"), "", r"could mean anything \(0, 3, 10\).*--labels"),
        (("0.1", "0.9"), "", r"could mean anything"),
        (("0", "4"), "0:negative", "'0:negative' maps no label; write label=negative"),
        (("0", "4"), "0=bof", "'0=bof' maps no label"),
    ],
)
def test_what_could_mean_anything_is_asked_for(labels: tuple[str, ...], asked: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_labels(labels, asked)


@pytest.mark.parametrize(("raw", "number"), [("4.0", 4.0), (" 2,5 ", 2.5), ("nan", None), ("inf", None), ("x", None)])
def test_numbers(raw: str, number: float | None) -> None:
    assert number_of(raw) == number
