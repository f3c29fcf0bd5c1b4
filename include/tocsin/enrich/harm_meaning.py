"""Say for one brand how each crisis word of a text is meant: laid at its door, denied or over, or none of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from tocsin.enrich.harm_context import Cue, Role
from tocsin.enrich.harm_tokens import Word, word_set
from tocsin.enrich.harm_words import Bearer, Found
from tocsin.enrich.scope import Clause, Scope

SUPPOSED = 0.6
"""Share of a harm that only may be."""

_NEAR, _REACH, _CHARITY = 2, 5, 8
"""Words between a cue and the harm: for a negation, for what is fought, for those who are helped."""

_BREAKS = word_set(
    "after since about over on for to despite following during before apres depuis pour sur malgre pendant avant"
    " suite , ; . : ! ?"
)
"""Between a negation and a word they say that it is not this word that is negated: "no answer since the outage"."""
_ONLY = word_set("only just merely seulement juste que")
_BE = word_set(
    "is are was were be been being gets got getting has have had isn't wasn't weren't 's it's they're he's she's"
    " accused est sont ete etait etaient etre sera soit fut furent voit font fait"
)
_HAVE = word_set("a ont avait avaient ayant aurait avoir ai avons avez as")
_AFTER_PASSIVE = word_set(
    "by over for of in after again to with at amid from on as following during and , . ; : ! ? ) - $ £ €"
)
_BY = word_set("by par")
_OF = word_set("of de d' du des chez at by par from for against contre in")
_ABETS = word_set(
    "hide hiding cover evade evading dodge dodging cheat commit cacher dissimuler frauder tricher eviter"
)
"""Between help and a harm they say that it is the harm that is helped: "helps dictators hide fraud"."""
_SOMEBODY_ELSES = word_set(
    "scam fraud phish counterf fake knockoff arnaqu escro contref imitat usurp hameconn faux fausse"
)
"""Beginnings of what is done in a brand's name by others."""


class Meaning(StrEnum):
    """How a crisis word is meant of a brand."""

    LAID = "laid"
    """At its door."""
    QUIET = "quiet"
    """Denied, dismissed, settled or over."""
    VOID = "void"
    """There is none, or it is none of the brand's."""
    THEIRS = "theirs"
    """Others do it, in the brand's name or against its will: what is said of it is said of them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A crisis word as it is meant of a brand, with the weight that is left of it."""

    found: Found
    meaning: Meaning
    weight: float
    unheard: tuple[int, int] = (0, 0)
    """Words, from and up to before, that say nothing of how the text sounds towards the brand; none by default."""


@dataclass(frozen=True)
class Reading:
    """A text as it is read once for all its brands."""

    text: str
    words: Sequence[Word]
    cues: Sequence[Cue]
    found: Sequence[Found]
    scope: Scope

    @cached_property
    def clause_at(self) -> dict[int, Clause]:
        """Give the clause of each word."""
        return {at: clause for clause in self.scope.clauses for at in range(clause.first, clause.end)}

    @cached_property
    def named(self) -> frozenset[str]:
        """Give the brands that the text itself names."""
        return frozenset(word.brand for word in self.words if word.brand)

    @cached_property
    def _free(self) -> dict[Role, list[Cue]]:
        taken = {at for found in self.found for at in range(found.first, found.end)}
        cues: dict[Role, list[Cue]] = {}
        for cue in self.cues:
            if cue.first not in taken:
                cues.setdefault(cue.role, []).append(cue)
        return cues

    def of(self, role: Role) -> Sequence[Cue]:
        """Give the cues of a role, without those that are part of a crisis word: "no refund" negates nothing."""
        return self._free.get(role, ())


def meanings(reading: Reading, brand: str) -> Iterator[Told]:
    """Give the crisis words of the brand's clauses, each as it is meant; a brand that is not named owns them all."""
    for found in reading.found:
        word, clause = found.word, reading.clause_at[found.first]
        if word.brands and brand not in word.brands:
            continue
        if brand in reading.named and brand not in (*clause.owners, *clause.turned, *clause.left, *clause.joined):
            continue
        yield _told(reading, found, clause, brand)


def _told(reading: Reading, found: Found, clause: Clause, brand: str) -> Told:
    denial = _negation(reading, found.first)
    if denial and _is_denied(reading, found, clause):
        return Told(found, Meaning.QUIET, found.word.weight, (denial.first, found.end))
    if not found.word.weight or denial or _is_anothers(reading, found, clause, brand):
        return Told(found, Meaning.VOID, 0.0, (denial.first if denial else found.first, found.end))
    if _is_somebody_elses(reading, found, clause, brand):
        return Told(found, Meaning.THEIRS, 0.0, _sentence(reading, clause))
    if _is_fought(reading, found, clause, brand) or _is_complained_of(reading, found, clause, brand):
        return Told(found, Meaning.THEIRS, 0.0, (clause.first, clause.end))
    weight = found.word.weight * (SUPPOSED if _is_supposed(reading, found, clause) else 1.0)
    if _is_denied(reading, found, clause) or _is_resolved(reading, found, clause):
        return Told(found, Meaning.QUIET, weight, (found.first, found.end))
    return Told(found, Meaning.LAID, weight)


def absolved(reading: Reading, brand: str) -> bool:
    """Say whether a text about the brand tells that a court or an inquiry found nothing against it."""
    for cue in reading.of(Role.ABSOLVES):
        clause = reading.clause_at[cue.first]
        is_own = brand in clause.owners or brand not in reading.named
        if is_own and not (_negation(reading, cue.first) or _is_awaited(reading, cue, clause)):
            return True
    return False


def helped(reading: Reading, brand: str) -> Iterator[tuple[int, int]]:
    """Give the words that tell whom the brand helps and from what: their misery is none of its doing."""
    for cue in reading.of(Role.HELPS):
        clause = reading.clause_at[cue.first]
        near = [at for at in (cue.first - 1, cue.first - 2) if at >= clause.first]
        if any(reading.words[at].brand == brand for at in near) and not _negation(reading, cue.first):
            yield cue.end, clause.end


def _is_anothers(reading: Reading, found: Found, clause: Clause, brand: str) -> bool:
    return brand in (*clause.turned, *clause.joined) or not _bears(reading, found, clause, brand)


def _sentence(reading: Reading, clause: Clause) -> tuple[int, int]:
    same = [one for one in reading.scope.clauses if one.sentence == clause.sentence]
    return same[0].first, same[-1].end


def _negation(reading: Reading, at: int) -> Cue | None:
    """Find the negation that stands right before this word."""
    for cue in reading.of(Role.NEGATES):
        if not 0 <= at - cue.end <= _NEAR:
            continue
        between = [word.plain for word in reading.words[cue.end : at]]
        if _BREAKS.isdisjoint(between) and not (between and between[0] in _ONLY):
            return cue
    return None


def _is_supposed(reading: Reading, found: Found, clause: Clause) -> bool:
    return any(clause.first <= cue.first and cue.end <= found.first for cue in reading.of(Role.SUPPOSES))


def _is_denied(reading: Reading, found: Found, clause: Clause) -> bool:
    """Say whether it is denied: in its clause, later in its sentence, or by a next one that accuses of nothing."""
    for cue in reading.of(Role.DENIES):
        at = reading.clause_at[cue.first]
        if _negation(reading, cue.first):
            continue
        if at == clause or (at.sentence == clause.sentence and found.first < cue.first):
            return True
        accused = any(reading.clause_at[other.first].sentence == at.sentence for other in reading.found)
        if at.sentence == clause.sentence + 1 and not accused:
            return True
    return False


def _is_resolved(reading: Reading, found: Found, clause: Clause) -> bool:
    """Say whether a later word, or one in its clause, says that it is over; a new harm is not over."""
    for cue in reading.of(Role.RESOLVES):
        at = reading.clause_at[cue.first]
        is_later = found.first < cue.first
        if not is_later and (at != clause or _is_renewed(reading, found)):
            continue
        if not (_negation(reading, cue.first) or _is_awaited(reading, cue, at)):
            return True
    return any(_ends(reading, cue, found, clause) for cue in reading.of(Role.ENDS))


def _ends(reading: Reading, cue: Cue, found: Found, clause: Clause) -> bool:
    """Say whether a word that ends things stands beside the harm: "strike ends", "charges against Bulla dropped"."""
    gap = max(cue.first - found.end, found.first - cue.end)
    is_beside = 0 <= gap <= _NEAR and reading.clause_at[cue.first] == clause
    return is_beside and not (_negation(reading, cue.first) or _is_awaited(reading, cue, clause))


def _is_renewed(reading: Reading, found: Found) -> bool:
    return any(0 <= found.first - cue.end < _NEAR for cue in reading.of(Role.RENEWS))


def _is_awaited(reading: Reading, cue: Cue, clause: Clause) -> bool:
    if any(clause.first <= wait.first and 0 <= cue.first - wait.end <= _REACH for wait in reading.of(Role.WAITS)):
        return True
    ends = (at for at in range(cue.end, len(reading.words)) if reading.clause_at[at].sentence == clause.sentence)
    return any(reading.words[at].plain == "?" for at in ends)


def _is_fought(reading: Reading, found: Found, clause: Clause, brand: str) -> bool:
    """Say whether the brand works against the harm, warns of it, or helps those who suffer it."""
    for role, reach in ((Role.OPPOSES, _REACH), (Role.WARNS, _REACH), (Role.HELPS, _CHARITY)):
        for cue in reading.of(role):
            if not (clause.first <= cue.first and 0 <= found.first - cue.end <= reach):
                continue
            if role is Role.WARNS and not _is_done_by_others(found):
                continue
            if _does(reading, cue, found, clause, brand) and not _negation(reading, cue.first):
                return True
    return False


def _does(reading: Reading, cue: Cue, found: Found, clause: Clause, brand: str) -> bool:
    """Say whether it is the brand that does what the cue says, and not somebody who does it to the brand."""
    if any(word.plain in _ABETS for word in reading.words[cue.end : found.first]):
        return False
    follows = any(other.end in (cue.first, cue.first - 1) for other in reading.found)
    meant = any(other.role is Role.ITSELF and other.first == cue.end for other in reading.cues)
    if follows or meant or any(word.brand for word in reading.words[cue.first : found.end + 2]):
        return False
    before = [word.brand for word in reading.words[clause.first : cue.first] if word.brand]
    return before[-1] == brand if before else not any(w.brand for w in reading.words[clause.first : clause.end])


def _is_complained_of(reading: Reading, found: Found, clause: Clause, brand: str) -> bool:
    """Say whether it is the brand that complains: "Bulla sues a former director for fraud"."""
    for cue in reading.cues:
        if cue.role is Role.COMPLAINS and clause.first <= cue.first < clause.end and cue.first <= found.first:
            before = [word.brand for word in reading.words[clause.first : cue.first] if word.brand]
            if before and before[-1] == brand and not _is_passive(reading, cue.first):
                return not _is_meant(reading, cue.first, clause, brand)
    return False


def _is_meant(reading: Reading, first: int, clause: Clause, brand: str) -> bool:
    """Say whether the brand is named again behind the verb, or meant by "the company"."""
    after = reading.words[first + 1 : clause.end]
    itself = any(cue.role is Role.ITSELF and first < cue.first < clause.end for cue in reading.cues)
    return itself or any(word.brand == brand for word in after)


def _is_somebody_elses(reading: Reading, found: Found, clause: Clause, brand: str) -> bool:
    """Say whether others do it in the brand's name: a fake site, counterfeits, "au nom de Bulla"."""
    if not _is_done_by_others(found):
        return False
    for cue in reading.cues:
        if cue.role is not Role.BORROWS or reading.clause_at[cue.first].sentence != clause.sentence:
            continue
        near = reading.words[cue.end : cue.end + 3]
        victim = reading.words[cue.first].plain.startswith("victim")
        if victim or any(word.brand == brand for word in near):
            return True
    return False


def _is_done_by_others(found: Found) -> bool:
    words = found.word.phrase.lower().split()
    return any(word.startswith(stem) for word in words for stem in _SOMEBODY_ELSES)


def _bears(reading: Reading, found: Found, clause: Clause, brand: str) -> bool:
    """Say whether the harm is this brand's and not another's in the clause."""
    before = [word.brand for word in reading.words[clause.first : found.first] if word.brand]
    after = [word.brand for word in reading.words[found.end : clause.end] if word.brand]
    if brand not in (*before, *after):
        return True  # carried over from another clause, or named by the source
    if found.word.bearer is Bearer.OBJECT:
        return _suffers(reading, found, brand, before, after)
    if found.word.bearer is Bearer.SUBJECT:
        return brand in before if before else _follows(reading, found.end) == brand
    return _is_nearest(reading, found, clause, brand, before, after)


def _suffers(reading: Reading, found: Found, brand: str, before: Sequence[str], after: Sequence[str]) -> bool:
    if _is_passive(reading, found.first):
        return brand in before or (not before and _agent(reading, found.end) != brand)
    return brand in after if after else _is_itself(reading, found.end) and brand in before


def _is_nearest(
    reading: Reading, found: Found, clause: Clause, brand: str, before: Sequence[str], after: Sequence[str]
) -> bool:
    """Bind a noun to whom it is aimed at, else to the brand next to it, else to all brands of its clause."""
    for cue in reading.cues:
        if cue.role is Role.AGAINST and 0 <= cue.first - found.end <= _NEAR and cue.end < clause.end:
            aimed = [word.brand for word in reading.words[cue.end : clause.end] if word.brand]
            return brand in aimed if aimed else _is_itself(reading, cue.end)
    if len({*before, *after}) == 1:
        return True
    beside = _follows(reading, found.end) or (reading.words[found.first - 1].brand if found.first else "")
    return not beside or beside == brand


def _is_itself(reading: Reading, at: int) -> bool:
    return any(cue.role is Role.ITSELF and cue.first in (at, at + 1) for cue in reading.cues)


def _follows(reading: Reading, at: int) -> str:
    """Give the brand that a small word ties to what ends here: "the recall of Bulla", "panne chez Bulla"."""
    near = reading.words[at : at + 3]
    if near and near[0].plain in _OF:
        return next((word.brand for word in near[1:] if word.brand), "")
    return ""


def _agent(reading: Reading, at: int) -> str:
    near = reading.words[at : at + 3]
    return next((word.brand for word in near[1:] if word.brand), "") if near and near[0].plain in _BY else ""


def _is_passive(reading: Reading, at: int) -> bool:
    """Say whether a verb's form says that its subject suffers it: "fined", "condamné", not "a condamné"."""
    words, text = reading.words, reading.text
    form = text[words[at].start : words[at].end].lower()
    before = [word.plain for word in words[max(0, at - 3) : at]]
    if form.endswith(("é", "ée", "és", "ées", "mis", "mise", "suivi", "suivie", "suivis")):
        return not before or before[-1] not in _HAVE
    if not form.endswith(("ed", "sued", "banned")):
        return bool(before) and before[-1] in ("etre", "fait", "voit")
    following = words[at + 1].plain if at + 1 < len(words) and not words[at + 1].brand else None
    ends = at + 1 == len(words)
    return (
        ends
        or bool(_BE & set(before))
        or (following is not None and (following in _AFTER_PASSIVE or following.isdigit()))
    )
