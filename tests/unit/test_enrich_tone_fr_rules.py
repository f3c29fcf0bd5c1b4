"""French sentences as people write them, by the rule that makes them heard: - is negative, + positive, 0 neither.

All are made up and stand in tone_fr_sentences.txt. Each group fails when its rule is taken out (tone_fr.py names the
rules).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.enrich.tone_fr import score_french

SENTENCES = Path(__file__).with_name("tone_fr_sentences.txt")


def cases() -> Iterator[object]:
    rule = ""
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            rule = line[1:].strip()
        elif line and not line.startswith("#"):
            sign, text = line.split(maxsplit=1)
            yield pytest.param(sign, text, id=f"{rule}: {text}")


@pytest.mark.parametrize(("sign", "text"), list(cases()))
def test_is_heard(sign: str, text: str) -> None:
    heard = score_french(text)
    assert ("-" if heard <= -0.05 else "+" if heard >= 0.05 else "0") == sign, heard
