"""Hear French thanks and laughter for what they are: "Merci pour le retard" is no praise."""

from collections.abc import Sequence

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

_CALLS = frozenset(("ah", "eh", "oh", "ben", "bah", "alors", "et", "non", "vraiment", "encore", "un", "bon"))


def taken_as_meant(heard: Sequence[Heard], said: Sentence) -> list[Heard]:
    """Give what was heard with ironic praise turned round and laughter joined to what the rest says."""
    if not any(one.span.entry.role in (Role.PRAISES, Role.LAUGHS) for one in heard):
        return list(heard)
    told = sum(one.valence for one in heard if one.span.entry.role not in (Role.PRAISES, Role.LAUGHS))
    facts = sum(one.valence for one in heard if one.span.entry.role is Role.TELLS)
    return [_taken(one, heard, said, told, told - facts) for one in heard]


def _taken(one: Heard, heard: Sequence[Heard], said: Sentence, told: float, judged: float) -> Heard:
    if one.valence < 0:
        return one
    if one.span.entry.role is Role.LAUGHS and told < 0:
        return one._replace(valence=one.valence * LAUGHED_AT)
    if one.span.entry.role is not Role.PRAISES:
        return one
    is_bitter = judged <= BITTER and _is_exclaimed(one, said)
    return one._replace(valence=one.valence * IRONIC) if is_bitter or _thanks_for_harm(one, heard, said) else one


def _is_exclaimed(one: Heard, said: Sentence) -> bool:
    """Say whether the praise is called out: "Super, encore en retard", but not "une super équipe"."""
    start = one.span.start
    return start == 0 or not said.tokens[start][0].isalpha() or not _is_in_clause(said.plain[start - 1])


def _is_in_clause(before: str) -> bool:
    return before[0].isalnum() and before not in _CALLS


def _thanks_for_harm(one: Heard, heard: Sequence[Heard], said: Sentence) -> bool:
    """Say whether the first thing named after "merci X pour" is bad: "Merci X pour la panne"."""
    end = one.span.end
    for at in range(end - 1, min(len(said.plain), end + ADDRESSEE)):
        if said.plain[at] in ("pour", "de", "d"):
            thing = next((other for other in heard if at < other.span.start <= at + OBJECT), None)
            return thing is not None and thing.valence < 0
    return False
