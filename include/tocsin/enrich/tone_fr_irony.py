"""Hear French thanks and laughter for what they are: "Merci pour le retard" is no praise."""

from collections.abc import Sequence
from dataclasses import replace

from tocsin.enrich.lexicon import Role
from tocsin.enrich.tone_fr_context import Heard
from tocsin.enrich.tone_fr_words import Sentence

IRONIC = -0.5
"""What irony leaves of a praise."""
LAUGHED_AT = -0.4
"""What a laugh is worth where the rest is bad."""
BITTER = -1.5
"""From here the rest of a sentence turns its thanks and its applause into irony."""
ADDRESSEE = 4
"""Words that may stand between "merci" and "pour": who is thanked."""
OBJECT = 5
"""Words from "pour" to what is thanked for."""


def taken_as_meant(heard: Sequence[Heard], said: Sentence) -> list[Heard]:
    """Give what was heard with ironic praise turned round and laughter joined to what the rest says."""
    rest = sum(one.valence for one in heard if one.span.entry.role in (Role.JUDGES, Role.TURNS))
    told = rest + sum(one.valence for one in heard if one.span.entry.role is Role.TELLS)
    return [_taken(one, heard, said, rest, told) for one in heard]


def _taken(one: Heard, heard: Sequence[Heard], said: Sentence, rest: float, told: float) -> Heard:
    role = one.span.entry.role
    if role is Role.LAUGHS and told < 0 < one.valence:
        return replace(one, valence=one.valence * LAUGHED_AT)
    if role is not Role.PRAISES or one.valence < 0:
        return one
    if rest <= BITTER or _thanks_for_harm(one, heard, said):
        return replace(one, valence=one.valence * IRONIC)
    return one


def _thanks_for_harm(one: Heard, heard: Sequence[Heard], said: Sentence) -> bool:
    """Say whether the first thing named after "merci X pour" is bad: "Merci X pour la panne"."""
    end = one.span.end
    for at in range(end, min(len(said.plain), end + ADDRESSEE)):
        if said.plain[at] in ("pour", "de", "d"):
            thing = next((other for other in heard if at < other.span.start <= at + OBJECT), None)
            return thing is not None and thing.valence < 0
    return False
