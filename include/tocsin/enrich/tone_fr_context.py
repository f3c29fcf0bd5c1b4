"""Say what a French word means where it stands: strengthened, weakened, negated, or turned by what comes before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from tocsin.enrich.lexicon import Role
from tocsin.enrich.tone_fr_negation import is_negative, negates, negation_after
from tocsin.enrich.tone_fr_words import Sentence, Span

REACH = 2
"""Words that a negation reaches over, small ones not counted."""
TURN_REACH = 1
"""Words that "lutter contre" and its like reach over, small ones not counted."""
WINDOW = 9
"""Words that either reaches over, all counted."""
FAINTEST = 0.3
"""Share of its valence that a weakened word keeps at least."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is left of a good word, of a bad one, and of a bad thing that happened."""

    good: float
    bad: float
    fact: float

    def of(self, valence: float, role: Role) -> float:
        """Give the valence that is left."""
        if valence > 0:
            return valence * self.good
        return valence * (self.fact if role is Role.TELLS else self.bad)


NEGATED = Turn(-0.7, -0.2, -0.1)
"""After "pas": a good word is nearly bad, a bad one not yet good; "aucun accident" has hardly praised anybody."""
TURNED = Turn(-0.7, -0.45, -0.45)
SPOILED = Turn(-0.7, 1.0, 1.0)

_TURNS = {Role.TURNS: TURNED, Role.SPOILS: SPOILED}
_MARKS = frozenset('.,;!?…:()[]«»"“”|/>•→')
_CLAUSE_WORDS = frozenset(
    ("mais", "car", "parce", "puisque", "donc", "alors", "quand", "lorsque", "pourquoi", "comment", "sauf", "sinon",
     "pourtant", "cependant", "et", "ou")
)  # fmt: skip
_GIVEN = frozenset(("ce", "cet", "cette", "ces", "leur", "leurs", "vos", "votre", "ses", "son", "sa"))
"""What stands behind these is there, whatever is negated."""
_APART = frozenset(("apres", "avant", "depuis", "pour", "suite", "chez", "pendant", "est", "sont", "etait", "qui"))
"""A word behind these is no longer what "lutter contre" or "refuser" is about."""
_SMALL = frozenset(
    ("", "de", "d", "du", "des", "le", "la", "les", "l", "un", "une", "ce", "cet", "cette", "ces", "c", "mon", "ma",
     "mes", "ton", "ta", "tes", "son", "sa", "ses", "notre", "nos", "votre", "vos", "leur", "leurs", "a", "au", "aux",
     "en", "y", "tres", "si", "aussi", "vraiment", "tout", "toute", "tous", "trop", "est", "etait", "ete", "etre",
     "suis", "sont", "sera", "ai", "as", "ont", "avons", "avez", "avoir", "eu", "me", "m", "te", "t", "se", "s",
     "nous", "vous", "lui", "fait", "qu", "que", "moindre", "seul", "seule", "encore", "particulierement",
     "franchement", "assez", "forcement", "soit", "soient")
)  # fmt: skip
_JOINING = frozenset(("et", "ou", "ni", "", "de", "d", "du", "des", "le", "la", "les", "l", "un", "une", "tres"))


class Heard(NamedTuple):
    """What one span says where it stands, and what turned it round."""

    span: Span
    valence: float
    turn: Turn | None = None


def in_context(said: Sentence, boosts: Mapping[str, float]) -> list[Heard]:
    """Hear every span of the sentence that says something, from left to right."""
    if not said.spans:
        return []
    listener = _Listener(said, boosts)
    for span, following in zip_longest(said.spans, said.spans[1:]):
        speaks = span.entry.valence or span.entry.role in _TURNS
        if speaks and not listener.only_strengthens(span, following):
            listener.hear(span)
    return _settled(listener.heard)


class _Listener:
    """Goes through a sentence once; a negation that a verb has taken negates nothing else."""

    def __init__(self, said: Sentence, boosts: Mapping[str, float]) -> None:
        self._said = said
        self._boosts = boosts
        self._taken: set[int] = set()
        self.heard: list[Heard] = []

    def only_strengthens(self, span: Span, following: Span | None) -> bool:
        """Say whether this only strengthens what follows, as "super" does before "nul"."""
        if following is None or following.start != span.end or following.entry.role is not Role.JUDGES:
            return False
        return span.end - span.start == 1 and self._said.plain[span.start] in self._boosts

    def hear(self, span: Span) -> None:
        """Add what the span says, given what was heard before it."""
        strength, turn = self._looking_back(span)
        if turn is NEGATED and (is_negative(span, self._said) or self._is_given(span)):
            turn = None
        if turn is None and span.entry.verb and (at := negation_after(span, self._said)) is not None:
            self._taken.add(at)
            turn = NEGATED
        valence = turn.of(span.entry.valence, span.entry.role) if turn else span.entry.valence
        self.heard.append(Heard(span, valence * max(FAINTEST, 1 + strength), turn))

    def _looking_back(self, span: Span) -> tuple[float, Turn | None]:
        """Give what the words before add to the strength, and what they turn the span by."""
        last = self.heard[-1] if self.heard else None
        strength, reach = 0.0, REACH
        for at in range(span.start - 1, max(-1, span.start - 1 - WINDOW), -1):
            if last is not None and at < last.span.end:
                break
            word = self._said.loose[at]
            if word[:1] in _MARKS or word in _CLAUSE_WORDS or reach < 0:
                return strength, self._joined(span, last)
            if negates(at, self._said) and at not in self._taken:
                # "Vraiment pas bon" is more than "pas bon", "pas vraiment bon" is not.
                return self._boosts.get(self._said.plain[at - 1], 0.0) if at else 0.0, NEGATED
            strength += self._boosts.get(word, 0.0)
            reach -= word not in _SMALL and word not in self._boosts
        return strength, self._turned(span, last) or self._joined(span, last)

    def _is_given(self, span: Span) -> bool:
        """Say whether the bad thing is there whatever is negated: "ne regardez pas cette horreur"."""
        return span.entry.valence < 0 < span.start and self._said.plain[span.start - 1] in _GIVEN

    def _turned(self, span: Span, last: Heard | None) -> Turn | None:
        """Give the turn that the span right before gives, unless it is itself turned: "ne manque pas d'humour"."""
        if last is None or last.turn is not None or last.span.entry.role not in _TURNS:
            return None
        between = self._said.plain[last.span.end : span.start]
        if sum(word not in _SMALL for word in between) > TURN_REACH or not _APART.isdisjoint(between):
            return None
        return _TURNS[last.span.entry.role]

    def _joined(self, span: Span, last: Heard | None) -> Turn | None:
        """Give the turn of what came before where it holds on: "pas sérieux et compétent"."""
        if last is None or last.turn is None or last.span.entry.valence * span.entry.valence <= 0:
            return None
        between = self._said.plain[last.span.end : span.start]
        return last.turn if all(word in _JOINING for word in between) else None


def _settled(heard: Sequence[Heard]) -> list[Heard]:
    """Keep the own voice of what turns only where it agrees with what it turned: "loin d'être génial"."""
    settled = []
    for one, following in zip_longest(heard, heard[1:]):
        turns = one.span.entry.role is Role.TURNS and following is not None and following.turn is TURNED
        if turns and following is not None and one.valence * following.valence < 0:
            settled.append(one._replace(valence=0.0))
        else:
            settled.append(one)
    return [one for one in settled if one.valence]
