"""Write out the forms of a French word, so that the lexicon lists each word once."""

import re
from collections.abc import Iterator

# Without the "a" of "fêta": nobody complains in that tense, and without accents it is a cheese.
_FIRST_GROUP = (
    "er", "e", "es", "ons", "ez", "ent", "é", "ée", "és", "ées", "ant", "ais", "ait", "ions", "iez", "aient", "èrent",
    "erai", "eras", "era", "erons", "erez", "eront", "erais", "erait", "erions", "eriez", "eraient",
)  # fmt: skip
_SILENT_E = ("e", "es", "ent", "era", "erai", "erait", "eront", "eraient")
_IMPERFECT = ("ons", "ez", "ais", "ait", "ions", "iez", "aient", "ant")
_FUTURE = ("ai", "as", "a", "ons", "ez", "ont", "ais", "ait", "ions", "iez", "aient")

# How verbs that are not in -er conjugate, by the ending of their infinitive, the longest first: the forms of the
# present that are their own, the stem of "nous", the stem of the future, the past participle.
_OTHER_GROUPS = (
    ("appauvrir", "appauvris appauvrit appauvrissent", "appauvriss", "appauvrir", "appauvri"),
    ("asservir", "asservis asservit asservissent", "asserviss", "asservir", "asservi"),
    ("cueillir", "cueille cueilles cueillent", "cueill", "cueiller", "cueilli"),
    ("croître", "croîs croît croissent croisse", "croiss", "croîtr", "cru"),
    ("paraître", "parais paraît parait paraissent", "paraiss", "paraîtr", "paru"),
    ("connaître", "connais connaît connait connaissent", "connaiss", "connaîtr", "connu"),
    ("prendre", "prends prend prennent prenne", "pren", "prendr", "pris"),
    ("soudre", "sous sout solvent solve", "solv", "soudr", "solu"),
    ("mettre", "mets met mettent mette", "mett", "mettr", "mis"),
    ("cevoir", "çois çoit çoivent çoive", "cev", "cevr", "çu"),
    ("mouvoir", "meus meut meuvent meuve", "mouv", "mouvr", "mu"),
    ("battre", "bats bat battent batte", "batt", "battr", "battu"),
    ("rompre", "romps rompt rompent rompe", "romp", "rompr", "rompu"),
    ("suivre", "suis suit suivent suive", "suiv", "suivr", "suivi"),
    ("vaincre", "vaincs vainc vainquent vainque", "vainqu", "vaincr", "vaincu"),
    ("courir", "cours court courent coure", "cour", "courr", "couru"),
    ("mourir", "meurs meurt meurent meure", "mour", "mourr", "mort"),
    ("quérir", "quiers quiert quièrent", "quér", "querr", "quis"),
    ("sentir", "sens sent sentent sente", "sent", "sentir", "senti"),
    ("mentir", "mens ment mentent mente", "ment", "mentir", "menti"),
    ("dormir", "dors dort dorment dorme", "dorm", "dormir", "dormi"),
    ("servir", "sers sert servent serve", "serv", "servir", "servi"),
    ("tenir", "tiens tient tiennent tienne", "ten", "tiendr", "tenu"),
    ("venir", "viens vient viennent vienne", "ven", "viendr", "venu"),
    ("plaire", "plais plaît plait plaisent plaise", "plais", "plair", "plu"),
    ("taire", "tais tait taisent taise", "tais", "tair", "tu"),
    ("faire", "fais fait font fasse", "fais", "fer", "fait"),
    ("traire", "trais trait traient", "tray", "trair", "trait"),
    ("crire", "cris crit crivent crive", "criv", "crir", "crit"),
    ("dire", "dis dit disent dise", "dis", "dir", "dit"),
    ("rire", "ris rit rient rie", "ri", "rir", "ri"),
    ("clure", "clus clut cluent clue", "clu", "clur", "clu"),
    ("uire", "uis uit uisent uise", "uis", "uir", "uit"),
    ("aindre", "ains aint aignent aigne", "aign", "aindr", "aint"),
    ("eindre", "eins eint eignent eigne", "eign", "eindr", "eint"),
    ("oindre", "oins oint oignent oigne", "oign", "oindr", "oint"),
    ("frir", "fre fres frent", "fr", "frir", "fert"),
    ("vrir", "vre vres vrent", "vr", "vrir", "vert"),
    ("fuir", "fuis fuit fuient fuie", "fuy", "fuir", "fui"),
    ("haïr", "hais hait haïssent haïsse", "haïss", "haïr", "haï"),
    ("ir", "is it issent isse", "iss", "ir", "i"),
    ("re", "s  ent e", "", "r", "u"),
)  # fmt: skip

# Some endings have two feminines ("menteuse", "novatrice", "meilleure"): all are given, the wrong ones are no words.
_FEMININE = (
    ("teur", "teuse"), ("teur", "trice"), ("eur", "euse"), ("eur", "eure"), ("eux", "euse"), ("if", "ive"),
    ("er", "ère"), ("el", "elle"), ("eil", "eille"), ("en", "enne"), ("on", "onne"), ("et", "ette"), ("et", "ète"),
    ("nul", "nulle"), ("gentil", "gentille"), ("ic", "ique"), ("os", "osse"), ("as", "asse"),
)  # fmt: skip
_LAST_E = re.compile(r"[ée]([^aeiouyéè]+)$")


def inflected(word: str, kind: str) -> Iterator[str]:
    """Give the forms of a lexicon entry by its kind, the entry first.

    Kinds: a adjective, n noun, v verb (its first word, with "s'" or "se" before it or not); w and f, a form of a
    verb or a phrase with one, have no other.
    """
    yield word
    if kind == "n":
        yield from _plurals(word)
    elif kind == "a":
        yield from _plurals(word)
        for feminine in _feminines(word):
            yield feminine
            yield f"{feminine}s"
    elif kind == "v":
        verb, _, rest = word.removeprefix("s'").removeprefix("se ").partition(" ")
        for form in _conjugated(verb):
            yield f"{form} {rest}".strip()


def _plurals(word: str) -> Iterator[str]:
    """Give the plural: of the whole, and of the first word alone ("chef-d'œuvre", "fuite de données")."""
    if word[-1] not in "sxz":
        yield f"{word[:-1]}ux" if word.endswith("al") else f"{word}x" if word.endswith(("eau", "eu")) else f"{word}s"
    parts = re.split(r"([ -])", word, maxsplit=1)
    if len(parts) > 1 and parts[0][-1] not in "sxz":
        yield "".join((f"{parts[0]}s", *parts[1:]))
        if parts[2][-1] not in "sxz":
            yield "".join((f"{parts[0]}s", parts[1], f"{parts[2]}s"))


def _feminines(word: str) -> Iterator[str]:
    if word.endswith("e"):
        return
    found = [word[: -len(ending)] + feminine for ending, feminine in _FEMININE if word.endswith(ending)]
    yield from found or (f"{word}e",)


def _conjugated(verb: str) -> Iterator[str]:
    if verb.endswith("er"):
        yield from _first_group(verb)
        return
    ending, present, nous, future, participle = next(row for row in _OTHER_GROUPS if verb.endswith(row[0]))
    root = verb.removesuffix(ending)
    yield verb
    yield from (root + form for form in present.split(" "))
    yield from (root + nous + form for form in _IMPERFECT)
    yield from (root + future + form for form in _FUTURE)
    yield from (
        root + participle + form for form in (("", "e", "es") if participle[-1] == "s" else ("", "e", "s", "es"))
    )


def _first_group(verb: str) -> Iterator[str]:
    """Conjugate a verb in -er: manger keeps its e, placer its soft c, espérer opens its é, rejeter doubles its t."""
    stem = verb[:-2]
    for ending in _FIRST_GROUP:
        yield stem + ending
        if ending[0] in "aâo" and stem[-1] in "cg":
            yield f"{stem[:-1]}ç{ending}" if stem[-1] == "c" else f"{stem}e{ending}"
    if _LAST_E.search(stem):
        opened = _LAST_E.sub(r"è\1", stem)
        yield from (opened + ending for ending in _SILENT_E)
        if stem.endswith(("el", "et")):
            yield from (stem + stem[-1] + ending for ending in _SILENT_E)
    if stem[-1] == "y":
        yield from (f"{stem[:-1]}i{ending}" for ending in _SILENT_E)
