"""What comparisons and departures say of a brand by themselves: "better than Bulla", "j'ai quitté Bulla pour Coca".

Patterns are read on a sentence in plain words, each brand as § and the number of its place in the text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tocsin.enrich.harm_tokens import word_set

GOOD, BAD = 0.4, -0.5
"""Valence of what is said for the one and against the other; the bad weighs more, as in tone."""


class Said(NamedTuple):
    """What a pattern says of the brand at this place: `place` is the number behind §."""

    place: int
    valence: float
    start: int
    end: int
    """Where in the plain sentence it is said."""


class Rule(NamedTuple):
    """A pattern whose groups `good` and `bad` hold brands; `departs` where the one is left for the other."""

    pattern: re.Pattern[str]
    departs: bool = False


def _rule(pattern: str, *, departs: bool = False) -> Rule:
    # "~" is a gap of up to three words, none of them a brand or a mark.
    gap = r"(?:(?![§.,;:!?])\S+ ){0,3}?"
    return Rule(re.compile(rf"(?<!\S)(?:{pattern.replace('~', gap)})(?!\S)"), departs)


_GOOD, _BAD = r"§(?P<good>\d+)", r"§(?P<bad>\d+)"
_LEFT = (
    r"(?:left|leave|leaving|quit|quitting|ditch(?:ed|ing)?|dump(?:ed|ing)?|drop(?:ped|ping)?|swap(?:ped|ping)?"
    r"|trad(?:e|ed|ing)|cancel(?:l?ed|l?ing)?|replac(?:ed?|ing)|quitte[rzs]?|quittent|lache[rz]?|abandonne[rz]?"
    r"|resilie[rz]?|troque[rz]?|remplace[rz]?|trompe[rz]?)"
)
_FROM = (
    r"(?:(?:switch|mov|chang|migrat|transferr?|port|convert|defect)(?:e|ed|es|ing)? ~from|went from|gone from"
    r"|pass(?:e|er|ee|es|ees|ons|ent) de|parti(?:e|r|s)? de|bascul(?:e|er) de|migr(?:e|er) de)"
)
_BETTER = (
    r"(?:(?:better|faster|cheaper|nicer|safer|superior|stronger|greater|cleaner|smoother|friendlier|tastier)"
    r"|more (?:reliable|helpful|honest|comfortable|affordable|useful)|mieux|meilleur[es]{0,2}|superieure?s?"
    r"|(?:plus|bien plus) (?:rapide|fiable|serieux|serieuse|competent|competente|agreable|honnete|efficace"
    r"|interessant|interessante|reactif|reactive|bon|sur|simple|humain|humaine)s?|moins cher|moins chere|moins chers)"
)
_WORSE = (
    r"(?:(?:worse|slower|dirtier|ruder|more expensive|uglier|less (?:reliable|helpful|honest|safe))"
    r"|pire|pires|plus (?:cher|chere|lent|lente|nul|nulle|mauvais|mauvaise)s?"
    r"|moins (?:bien|bon|bonne|fiable|serieux|rapide|reactif|efficace|competent)s?)"
)
_AVOID = (
    r"never again|done with|avoid|stay away from|steer clear of|goodbye|bye|bye bye|good riddance|boycott|adieu|ciao"
    r"|never (?:again )?(?:fly|flying|use|using|buy|buying|book|booking|shop|shopping|go|going|order|ordering|bank)"
    r" ~(?:with |from |at |on |to )?|leaving|fuyez|fuir|a fuir|evitez|eviter|a eviter|plus jamais|jamais plus"
    r"|marre de|marre d'|ras le bol de|n' allez (?:jamais|pas|surtout pas) chez|ne prenez (?:jamais|pas)"
    r"|j' ai quitte|je quitte|j' ai resilie|je resilie|adieu a|plus rien chez|rien chez"
)
_CHOOSE = (
    r"should(?: have|'ve) (?:flown|chosen|gone with|used|taken|bought|booked|stuck with|stayed with|picked)"
    r"|(?:i'll|i will|we'll|we will|gonna|going to) (?:fly|take|use|switch to|try|stick with|stay with|go with) ~"
    r"|next time ~(?:fly|flying|take|use|go with)|going back to|switching to|moving to|switched to|switch to"
    r"|je (?:passe|pars|vais passer|retourne|reste) chez|je suis passee? chez|j' aurais du (?:rester|aller|passer)"
    r" chez"
    r"|j' aurais du (?:prendre|choisir)|heureusement qu' il y a|vive"
)

# Up to five words, none of them a brand, before where one goes to.
_ON = r"(?:(?![§.;:!?])\S+ ){0,5}?"
_BEATS = (
    r"(?:beats?|outperforms?|crush(?:es)?|destroys?|smokes?|outclass(?:es)?|bat|surpasse|ecrase|enterre|devance"
    r"|eclipse|met une raclee a)"
)
_PREFER = r"(?:prefer|prefere|preferer|choose|chose|choisis|recommande?)"
_TO = r"(?:to|over|a|plutot que|plutot qu'|than|instead of|rather than|au lieu de)"

RULES = (
    _rule(rf"{_LEFT} ~{_BAD} {_ON}(?:for|to|with|pour|chez|vers|contre|par) ~{_GOOD}", departs=True),
    _rule(rf"{_FROM} ~{_BAD} {_ON}(?:for|to|pour|a|au|chez|vers) ~{_GOOD}", departs=True),
    _rule(rf"chez {_BAD} {_ON}(?:passee?|partie?) (?:chez|a) {_GOOD}", departs=True),
    _rule(rf"(?:switch|mov|chang)(?:e|ed|ing)? to {_GOOD} from ~{_BAD}", departs=True),
    _rule(rf"(?<!not )(?<!pas ){_BETTER} ~(?:than|que|qu') ~{_BAD}"),
    _rule(rf"{_WORSE} ~(?:than|que|qu') ~{_GOOD}"),
    _rule(rf"(?:not|isn't|pas|n' est pas) ~(?:as|so|aussi|si) ~(?:as|que|qu') ~{_GOOD}"),
    _rule(rf"{_GOOD} (?:really |easily |totally |clairement )?{_BEATS} ~{_BAD}"),
    _rule(rf"{_PREFER} ~{_GOOD} {_TO} ~{_BAD}"),
    _rule(rf"(?:instead of|rather than|plutot que|plutot qu'|au lieu de|au lieu d') ~{_BAD}"),
    _rule(rf"(?:{_AVOID}) ~{_BAD}"),
    _rule(rf"(?:{_CHOOSE}) ?{_GOOD}"),
    _rule(rf"{_GOOD} ,? ?(?:lui|elle|eux|elles) ,? (?!(?:ne|n')(?!\S))"),
    _rule(rf"{_BAD} ,? ?(?:lui|elle|eux|elles) ,? (?:ne|n')"),
)

UNLIKE = re.compile(
    r"(?<!\S)(?:unlike|contrairement a|contrairement au|contrairement aux|a la difference de|a la difference d'"
    r"|a l' inverse de|a l' inverse d'|a l' oppose de|as opposed to|compared to|compared with|compare a|comparee a"
    r"|par rapport a|pas comme|not like) (?:(?!§)\S+ )?(?P<other>§\d+)(?!\S)"
)
"""The brand in `other` is told the opposite of what the sentence says."""

REGRET = re.compile(
    r"(?<!\S)(?:regret(?:ted|s)?|regrette[rz]?|mistake|erreur|worse|pire|come back|going back|reviens)(?!\S)"
)
"""Where the new home is no better after all."""

HINTS = word_set(
    "left leave leaving quit quitting ditch ditched dump dumped drop dropped swap swapped trade traded trading cancel"
    " canceled cancelled cancelling replace replaced quitte quitter quittez quittent lache lacher abandonne resilie"
    " resilier troque remplace from than que qu' beat beats outperforms outperform crushes crush destroys smokes"
    " outclass bat surpasse ecrase enterre devance eclipse prefer prefere preferer choose chose choisis recommend"
    " recommande instead rather plutot lieu never done avoid away clear goodbye bye riddance boycott adieu ciao fuyez"
    " fuir evitez eviter jamais marre bol allez prenez should should've i'll will we'll gonna going next switching"
    " moving switched switch passe pars retourne reste passee parti partie aurais heureusement vive lui elle eux"
    " elles de unlike"
    " contrairement difference inverse oppose opposed compared compare comparee rapport comme like rien"
)
"""A sentence without one of these holds no comparison: most are not looked at further."""


def sayings(plain: str) -> Iterator[tuple[bool, Said]]:
    """Give what comparisons in a plain sentence say; with it, whether one brand is left for the other."""
    for rule in RULES:
        for found in rule.pattern.finditer(plain):
            for name, valence in (("good", GOOD), ("bad", BAD)):
                if place := found.groupdict().get(name):
                    yield rule.departs, Said(int(place), valence, found.start(), found.end())
