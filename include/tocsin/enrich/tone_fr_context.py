"""Say what a French word means where it stands: strengthened, weakened, negated, or turned by what comes before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tocsin.enrich.lexicon import Role
from tocsin.enrich.tone_fr_words import Sentence, Span

REACH = 3
"""Words that a negation reaches over, small ones not counted."""
WINDOW = 9
"""Words that it reaches over, all counted."""
FAINTEST = 0.3
"""Share of its valence that a weakened word keeps at least."""
NEGATED_GOOD, NEGATED_BAD, NEGATED_FACT = -0.7, -0.2, -0.1
"""What "pas" leaves: "pas bon" is nearly bad, "pas mauvais" is not yet good."""

_MARKS = frozenset('.,;!?…:()[]«»"“”|/>•→')
_CLAUSE_WORDS = frozenset(
    ("mais", "car", "parce", "puisque", "donc", "alors", "quand", "lorsque", "pourquoi", "comment", "sauf", "sinon",
     "pourtant", "cependant", "et", "ou")
)  # fmt: skip
_NEGATING = frozenset(
    ("pas", "pa", "jamais", "jms", "rien", "aucun", "aucune", "aucuns", "aucunes", "sans", "ni", "guere", "non",
     "nullement", "aucunement", "zero")
)  # fmt: skip
_NE = frozenset(("ne", "n"))
_AFTER_VERB = frozenset(("pas", "pa", "jamais", "jms", "plus", "guere", "rien", "point", "aucun", "aucune"))
_ONLY = frozenset(("que", "qu", "seulement", "uniquement", "juste", "forcement"))
_OPINION = frozenset(
    ("pense", "penses", "pensons", "crois", "croit", "croyons", "trouve", "trouvons", "dirais", "dirai", "estime",
     "semble", "sur", "certain", "certaine", "convaincu", "convaincue", "impression")
)  # fmt: skip
_SMALL = frozenset(
    ("", "de", "d", "du", "des", "le", "la", "les", "l", "un", "une", "ce", "cet", "cette", "ces", "c", "mon",
     "ma", "mes", "ton", "ta", "tes", "son", "sa", "ses", "notre", "nos", "votre", "vos", "leur", "leurs", "a",
     "au", "aux", "en", "y", "tres", "si", "aussi", "vraiment", "tout", "toute", "tous", "trop", "est", "etait",
     "ete", "etre", "suis", "sont", "sera", "ai", "as", "ont", "avons", "avez", "avoir", "eu", "me", "m", "te",
     "t", "se", "s", "nous", "vous", "lui", "fait", "qu", "que", "moindre", "seul", "seule", "encore",
     "particulierement", "franchement", "assez", "forcement")
)  # fmt: skip
_JOINING = frozenset(
    ("et", "ou", "ni", "", "de", "d", "du", "des", "le", "la", "les", "l", "un", "une", "tres", "si")
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one span says where it stands, and whether it was turned round."""

    span: Span
    valence: float
    is_turned: bool = False


def in_context(sentence: Sentence, boosts: Mapping[str, float]) -> list[Heard]:
    """Hear every span of the sentence that says something or turns what follows, from left to right."""
    heard: list[Heard] = []
    used: set[int] = set()
    for number, span in enumerate(sentence.spans):
        following = sentence.spans[number + 1] if number + 1 < len(sentence.spans) else None
        if not span.entry.valence and span.entry.role is not Role.TURNS:
            continue
        if _only_boosts(span, following, sentence.plain, boosts):
            continue
        heard.append(_heard(span, sentence, boosts, heard, used))
    return _settled(heard)


def _only_boosts(span: Span, following: Span | None, plain: Sequence[str], boosts: Mapping[str, float]) -> bool:
    """Say whether this only strengthens what follows, as "super" does before "nul"."""
    if following is None or following.start != span.end or not following.entry.valence:
        return False
    return plain[span.start] in boosts and following.entry.role is Role.JUDGES


def _heard(
    span: Span, sentence: Sentence, boosts: Mapping[str, float], earlier: Sequence[Heard], used: set[int]
) -> Heard:
    plain, valence = sentence.plain, span.entry.valence
    last = earlier[-1] if earlier else None
    strength, is_turned = _looking_back(span, plain, boosts, last, used)
    if not is_turned and span.entry.verb:
        is_turned = _negated_after(span, plain, used)
    if is_turned:
        valence *= _negated(span.entry.role, valence)
    return Heard(span, valence * max(FAINTEST, 1 + strength), is_turned)


def _negated(role: Role, valence: float) -> float:
    if valence > 0:
        return NEGATED_GOOD
    return NEGATED_FACT if role is Role.TELLS else NEGATED_BAD


def _looking_back(
    span: Span, plain: Sequence[str], boosts: Mapping[str, float], last: Heard | None, used: set[int]
) -> tuple[float, bool]:
    """Give what the words before add to the strength, and whether they turn the span round."""
    strength, reach = 0.0, REACH
    for at in range(span.start - 1, max(-1, span.start - 1 - WINDOW), -1):
        if last is not None and at < last.span.end:
            return strength, _shared(span, last, plain)
        word = plain[at]
        if (word and word[0] in _MARKS) or word in _CLAUSE_WORDS:
            break
        if _negates(at, plain) and at not in used:
            return _strength_before(at, plain, boosts), True
        strength += _boost(at, plain, boosts)
        reach -= word not in _SMALL and word not in boosts
        if reach < 0:
            break
    # "pas sérieux et compétent": the negation holds for both.
    return strength, last is not None and last.is_turned and _joined(span, last, plain)


def _shared(span: Span, last: Heard, plain: Sequence[str]) -> bool:
    """Say whether what stands right before turns the span: "manque de" does, a negation is passed on."""
    if last.span.entry.role is Role.TURNS:
        return not last.is_turned
    return last.is_turned and _joined(span, last, plain)


def _joined(span: Span, last: Heard, plain: Sequence[str]) -> bool:
    alike = (last.span.entry.valence > 0) == (span.entry.valence > 0) and not span.entry.verb
    return alike and all(word in _JOINING for word in plain[last.span.end : span.start])


def _negates(at: int, plain: Sequence[str]) -> bool:
    word = plain[at]
    before = plain[at - 1] if at else ""
    after = plain[at + 1] if at + 1 < len(plain) else ""
    if word == "peu":
        return before not in ("un", "assez")
    if word == "plus":
        return any(plain[i] in _NE for i in range(max(0, at - 4), at))
    if word not in _NEGATING:
        return False
    return after not in _ONLY or before in _OPINION


def _boost(at: int, plain: Sequence[str], boosts: Mapping[str, float]) -> float:
    return boosts.get(plain[at], 0.0)


def _strength_before(at: int, plain: Sequence[str], boosts: Mapping[str, float]) -> float:
    """Give what strengthens a negation: "vraiment pas bon" is more than "pas bon", "pas vraiment bon" is not."""
    return boosts.get(plain[at - 1], 0.0) if at else 0.0


def _negated_after(span: Span, plain: Sequence[str], used: set[int]) -> bool:
    """A verb's negation follows it: "ne recommande pas", and "recommande pas", for spoken French drops "ne"."""
    with_ne = any(word in _NE for word in plain[max(0, span.start - 3) : span.start])
    for at in range(span.end, min(len(plain), span.end + (3 if with_ne else 1))):
        if plain[at] not in _AFTER_VERB:
            continue
        after = plain[at + 1] if at + 1 < len(plain) else ""
        if after in ("que", "qu") or (plain[at] in ("plus", "rien", "aucun", "aucune", "point") and not with_ne):
            return False
        used.add(at)
        return True
    return False


def _settled(heard: Sequence[Heard]) -> list[Heard]:
    """Keep the own voice of what turns only where it agrees with what it turned: "manque de respect"."""
    settled = []
    for number, one in enumerate(heard):
        following = heard[number + 1] if number + 1 < len(heard) else None
        if one.span.entry.role is Role.TURNS and following is not None and following.is_turned:
            agrees = one.valence * following.valence > 0
            settled.append(one if agrees else replace(one, valence=0.0))
        else:
            settled.append(one)
    return [one for one in settled if one.valence]
