"""How French sounds: each rule by a pair of sentences of which one would be misheard without it."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.enrich.inflection import inflected
from tocsin.enrich.lexicon import Role, french
from tocsin.enrich.tone_fr import score_french, words_french
from tocsin.enrich.tone_fr_words import in_words, places

NEGATIVE = [
    "Service client lamentable, je suis furieux",
    "Quelle arnaque, on se moque du monde",
    "une escroquerie pure et simple",
    "Ils m'ont volé, rendez l'argent",
    "Je ne recommande pas cette assurance",
    "j'aime pas du tout",
    "Ce n'est vraiment pas sérieux",
    "Pas content du tout de ma commande",
    "Aucune réponse depuis trois semaines",
    "On ne m'a jamais remboursé",
    "Rappel de lots contaminés à la salmonelle",
    "Fuite de données : des milliers de victimes",
    "Des faux avis payés par une agence, c'est honteux",
    "C'est NUUUUL",
    "service nul",
    "tres decu par la qualite",
    "TRÈS DÉÇUE",
    "Le goût est infect, à vomir",
    "c'était bien, mais quelle déception à la fin",
    "boycottons cette marque 😡",
    "Merci pour rien",
    "l'incompétence d'un service injoignable",
    "Ils prennent les clients pour des pigeons",
    "les prix deviennent abusifs",
    "c'est de la merde",
    "assurance à fuir, passez votre chemin",
    "Le sinistre n'est toujours pas réglé, j'en peux plus",
    "l'attaque a fait douze morts",
    "pas terrible",
    "sans intérêt",
]
POSITIVE = [
    "Excellent accueil, je recommande vivement",
    "j'adore, merci beaucoup !",
    "Franchement c'est pas mal",
    "Aucun problème, tout est parfait",
    "Remboursé sans souci en deux jours, merci",
    "Je ne regrette pas mon achat",
    "Il n'y a rien à redire",
    "Une équipe très professionnelle et chaleureuse",
    "trop bien ce film",
    "c'était un peu long mais quel chef-d'œuvre",
    "un vrai chef d'oeuvre",
    "genial",
    "bravo à toute l'équipe 👏",
    "Les prix sont pas chers et le conseil est efficace",
    "des conseillères compétentes et souriantes",
    "je kiffe",
]
NEUTRAL = [
    "La réunion commence à neuf heures",
    "Le train pour Lyon part de la gare",
    "Bien sûr, le magasin ouvre lundi",
    "Le ministère du développement durable publie les chiffres de la gestion des déchets",
    "Réchauffement climatique : les énergies renouvelables en dix cartes",
    "Chers amis, la ferme ouvre lundi",
    "Foire de Lyon (programme) : les horaires",
    "Il pourrait passer demain",
    "Lire sur @journal://exemple",
    "",
    "👀",
    "123 456",
]


@pytest.mark.parametrize("text", NEGATIVE)
def test_sounds_negative(text: str) -> None:
    assert score_french(text) <= -0.05


@pytest.mark.parametrize("text", POSITIVE)
def test_sounds_positive(text: str) -> None:
    assert score_french(text) >= 0.05


@pytest.mark.parametrize("text", NEUTRAL)
def test_says_nothing(text: str) -> None:
    assert abs(score_french(text)) < 0.05


@pytest.mark.parametrize(
    ("louder", "quieter"),
    [
        ("vraiment nul", "nul"),
        ("nul", "un peu nul"),
        ("c'est nul !!!", "c'est nul"),
        ("ce service est NUL", "ce service est nul"),
        ("c'était nul mais bien", "c'était bien mais nul"),
    ],
)
def test_is_felt_more(louder: str, quieter: str) -> None:
    difference = score_french(louder) - score_french(quieter)
    assert difference > 0 if "bien" in louder else difference < 0


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("c'est un bon produit", "ce n'est pas un bon produit"),
        ("il est content", "il n'est plus content"),
        ("on nous respecte", "on ne nous respecte jamais"),
        ("avec plaisir", "sans plaisir"),
    ],
)
def test_negation_turns_round(text: str, turned: str) -> None:
    assert score_french(text) > 0.05
    assert score_french(turned) < -0.05


def test_only_is_no_negation() -> None:
    assert score_french("il n'y a que du bonheur") > 0
    assert score_french("ce n'est pas seulement beau") > 0 > score_french("ce n'est pas beau")


def test_plus_compares_where_nothing_negates() -> None:
    assert score_french("la plus belle surprise") > score_french("la belle surprise") > 0


def test_lost_accents_are_found_and_others_are_not_made_up() -> None:
    assert score_french("déçu") == score_french("decu") == score_french("DEÇU") < 0
    assert score_french("un plat sale") < 0 == score_french("un plat salé")


def test_curly_and_straight_apostrophes_sound_alike() -> None:
    assert score_french("l’arnaque de l’année") == score_french("l'arnaque de l'année") < 0


@given(st.text(max_size=400))
def test_stays_in_bounds_whatever_comes(text: str) -> None:
    assert -1 <= score_french(text) <= 1


@pytest.mark.parametrize(
    ("word", "kind", "forms"),
    [
        ("honteux", "a", {"honteux", "honteuse", "honteuses"}),
        ("agressif", "a", {"agressive", "agressifs", "agressives"}),
        ("déçu", "a", {"déçu", "déçue", "déçus", "déçues"}),
        ("banal", "a", {"banale", "banales", "banaux"}),
        ("chef-d'œuvre", "n", {"chefs-d'œuvre"}),
        ("fuite de données", "n", {"fuites de données"}),
        ("arnaquer", "v", {"arnaque", "arnaqué", "arnaquées", "arnaquent", "arnaquer", "arnaquait"}),
        ("exagérer", "v", {"exagère", "exagèrent", "exagéré"}),
        ("menacer", "v", {"menaçait", "menace"}),
        ("réussir", "v", {"réussit", "réussi", "réussissent", "réussie"}),
        ("à fuir", "w", {"à fuir"}),
    ],
)
def test_forms_are_written_out(word: str, kind: str, forms: set[str]) -> None:
    assert forms <= set(inflected(word, kind))


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("mentir", {"mens", "ment", "mentent", "mentez", "menti", "mentait"}),
        ("décevoir", {"déçois", "déçoit", "déçoivent", "décevez", "déçu", "déçue", "décevra"}),
        ("perdre", {"perds", "perd", "perdent", "perdu", "perdue", "perdrait"}),
        ("détruire", {"détruit", "détruisent", "détruisait", "détruite"}),
        ("souffrir", {"souffre", "souffrent", "souffert", "souffrons"}),
        ("se plaindre", {"plains", "plaint", "plaignent", "plaignait"}),
        ("convaincre", {"convainc", "convainquent", "convaincu"}),
        ("rejeter", {"rejette", "rejettent", "rejeté"}),
        ("harceler", {"harcèle", "harcelé"}),
        ("accueillir", {"accueille", "accueilli", "accueillera"}),
        ("appauvrir", {"appauvrit", "appauvrissent"}),
        ("s'effondrer", {"effondre", "effondrée"}),
        ("porter atteinte à", {"portent atteinte à"}),
    ],
)
def test_verbs_of_every_group_are_conjugated(verb: str, forms: set[str]) -> None:
    assert forms <= set(inflected(verb, "v"))


def test_the_lexicon_is_whole() -> None:
    lexicon = french()
    entries = [entry for same in lexicon.exact.values() for entry in same]
    assert len(lexicon.exact) > 20_000
    assert sum(entry.valence < 0 for entry in entries) > 12_000
    assert sum(entry.valence > 0 for entry in entries) > 8_000
    assert {entry.role for entry in entries} == set(Role)


LEXICONS = sorted(files("tocsin.enrich").joinpath("lexicons/fr").iterdir(), key=lambda file: file.name)


@pytest.mark.parametrize("file", LEXICONS, ids=lambda file: file.name)
def test_each_line_of_the_lexicon_can_be_read(file: Traversable) -> None:
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    assert head.startswith("# ")
    said: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, 2):
        if line and not line.startswith("#"):
            valence, kind, words = line.split("\t")
            assert -4 <= float(valence) <= 4, number
            assert kind in "abfnvw", number
            assert (file.name == "neutral.tsv") == (float(valence) == 0.0) or file.name in SILENT, number
            again = {(word, kind) for word in words.split(", ")} & said
            assert not again, number
            said |= {(word, kind) for word in words.split(", ")}


SILENT = ("turning.tsv", "contrasts.tsv", "concessions.tsv")
"""Their words may have no valence of their own."""


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Ce n'est pas un bon produit", [("bon", -1)]),
        ("Accueil parfait, #ServiceNul !", [("parfait", 1), ("Nul", -1)]),
        ("C'est pas mal du tout", [("pas mal du tout", 1)]),
        ("Merci pour la panne", [("Merci pour", -1), ("panne", -1)]),
        ("Note : 1/5, lamentable", [("1/5", -1), ("lamentable", -1)]),
        (
            normalize("NFD", "Très déçue, à éviter"),
            [(normalize("NFD", "déçue"), -1), (normalize("NFD", "à éviter"), -1)],
        ),
        ("Le train part de la gare", []),
    ],
)
def test_words_are_given_where_they_stand(sentence: str, words: list[tuple[str, int]]) -> None:
    heard = words_french(sentence)
    assert [(sentence[word.start : word.end], 1 if word.valence > 0 else -1) for word in heard] == words


@given(st.text(alphabet="#Aaéàbsnpt '!?./1,-’😡\u0301", max_size=120))
def test_places_and_words_are_cut_alike(text: str) -> None:
    assert [text[start:end] for start, end in places(text)] == list(in_words(text).tokens)
