"""Find what negates in French, before a word or after a verb, with "ne" or, as people speak, without."""

from collections.abc import Sequence

from tocsin.enrich.tone_fr_words import Sentence, Span

_NEGATING = frozenset(
    ("pas", "pa", "po", "jamais", "jms", "rien", "aucun", "aucune", "aucuns", "aucunes", "sans", "ni", "guere",
     "non", "nullement", "aucunement", "zero", "ss")
)  # fmt: skip
_NE = frozenset(("ne", "n"))
_MAY_NEGATE = frozenset((*_NEGATING, *_NE, "peu", "plus", "personne"))
_AFTER_VERB = frozenset(("pas", "pa", "po", "jamais", "jms"))
_AFTER_VERB_WITH_NE = frozenset((*_AFTER_VERB, "plus", "guere", "rien", "point", "aucun", "aucune", "personne"))
_ABLE = frozenset(("peut", "peuvent", "pourra", "pourront", "pourrait", "pourraient", "saurait", "sauraient", "ose"))
"""Verbs that "ne" negates alone, in written French: "ne pourra respecter son engagement"."""
_ONLY = frozenset(("que", "qu", "seulement", "uniquement", "juste", "forcement"))
_OPINION = frozenset(
    ("veux", "veut", "voulons", "veulent", "pense", "penses", "pensons", "crois", "croit", "croyons", "trouve",
     "trouvons", "dirais", "dirai", "estime", "semble", "sur", "certain", "certaine", "convaincu", "convaincue",
     "impression")
)  # fmt: skip
"""Behind these "pas que" negates: "je ne pense pas que ce soit bien"."""


def negates(at: int, said: Sentence) -> bool:
    """Say whether the word here negates what follows; "il n'y a que" and "un peu" do not."""
    word = said.loose[at]
    if word not in _MAY_NEGATE:
        return False
    before, after = _word(said.plain, at - 1), _word(said.plain, at + 1)
    if word == "peu":
        return before not in ("un", "assez")
    if word == "personne":
        return after in _NE
    if word in _NE:
        return after in _ABLE and _word(said.plain, at + 2) not in _ONLY
    if word == "plus":
        return not _NE.isdisjoint(said.plain[max(0, at - 4) : at])
    return after not in _ONLY or before in _OPINION


def is_negative(span: Span, said: Sentence) -> bool:
    """Say whether the phrase holds its own negation, which no other turns: "sans saveur", "pas drôle"."""
    return said.plain[span.start] in _NEGATING


def negation_after(span: Span, said: Sentence) -> int | None:
    """Give where the word stands that negates this verb from behind: "ne recommande à personne", "aime pas"."""
    with_ne = not _NE.isdisjoint(said.plain[max(0, span.start - 3) : span.start])
    negating, reach = (_AFTER_VERB_WITH_NE, 3) if with_ne else (_AFTER_VERB, 1)
    for at in range(span.end, min(len(said.loose), span.end + reach)):
        if said.loose[at] in negating:
            return None if _word(said.plain, at + 1) in ("que", "qu") else at
    return None


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""
