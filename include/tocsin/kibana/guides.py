"""The longer texts on the dashboards: what is counted and how, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph in each language."""

    en: str
    fr: str


_STORIES = Said(
    en=(
        "**Stories and copies.** A story counts once, when its first post appears. Later near-copies are no new "
        "stories: they stand beside it as copies. Posts are both together. A post about two brands counts for "
        "each."
    ),
    fr=(
        "**Sujets et copies.** Un sujet compte une fois, à sa première publication. Les quasi-copies qui suivent "
        "ne sont pas de nouveaux sujets : elles figurent à côté, comme copies. Les publications sont les deux "
        "ensemble. Une publication sur deux marques compte pour chacune."
    ),
)
_TONES = Said(
    en=(
        "**Tone.** Negative is vermilion, neutral grey, positive blue. Neutral is not negative. *Not known* is a "
        "language that we cannot judge: nothing is guessed, and shares leave it out."
    ),
    fr=(
        "**Tonalité.** Négatif en vermillon, neutre en gris, positif en bleu. Neutre n’est pas négatif. *Inconnu*"
        " : une langue que nous ne savons pas juger ; rien n’est deviné, et les parts n’en tiennent pas compte."
    ),
)
_HARM = Said(
    en=(
        "**Negative** stories, posts and copies are those that harm a brand: they speak against it, or tell of a "
        "harm laid at its door. That is judged brand by brand, and *deciding words* say why. The tone beside it is "
        "how the whole text sounds. A post about several brands is negative in the row of each as soon as it harms "
        "one of them; the control *Harmed brand* of *Every mention* is exact."
    ),
    fr=(
        "**Négatifs** : les sujets, publications et copies qui mettent en cause une marque, parce qu’ils en disent "
        "du mal ou lui imputent un tort. Cela se juge marque par marque, et les *mots décisifs* disent pourquoi. La "
        "tonalité, à côté, est celle de tout le texte. Une publication sur plusieurs marques est négative dans la "
        "ligne de chacune dès qu’elle en met une en cause ; le choix *Marque mise en cause* de *Toutes les mentions* "
        "est exact."
    ),
)
_COVERAGE = Said(
    en=(
        "**Coverage** is the share of the sources that answered lately. Below 100 % the true figures may be "
        "higher, and a zero may be blindness."
    ),
    fr=(
        "**La couverture** est la part des sources qui ont répondu récemment. Sous 100 %, les vrais chiffres "
        "peuvent être plus élevés, et un zéro peut être de l’aveuglement."
    ),
)
_CURVE = Said(
    en=(
        "**The curve** is the number of negative stories that began in the hour before each moment. The "
        "grey band is what passes without notice; its upper edge is the bar for *watch*, the purple line "
        "the bar for *critical*; in a storm both stay as they were before it. A dark mark is the onset of "
        "an incident. Several brands are added up: choose one to see its own band."
    ),
    fr=(
        "**La courbe** est le nombre de sujets négatifs apparus dans l’heure qui précède. La zone grise est"
        " ce qui passe sans avis ; son bord haut est le seuil *à surveiller*, la ligne pourpre le seuil "
        "*critique* ; en pleine crise, tous deux restent ce qu’ils étaient avant elle. Un trait sombre est "
        "le début d’un incident. Plusieurs marques s’additionnent : choisissez-en une pour voir sa propre "
        "zone."
    ),
)
_BRAND_ONLY = Said(
    en=(
        "**Filters.** Series and incidents know only their brand: a filter on anything else empties their charts."
        " To choose by language, network or tone, go to *Every mention*."
    ),
    fr=(
        "**Filtres.** Séries et incidents ne connaissent que leur marque : un filtre sur autre chose vide leurs "
        "graphiques. Pour choisir langue, réseau ou tonalité, allez à *Toutes les mentions*."
    ),
)
_TIMES = Said(
    en=("Times are those of your browser."),
    fr=("Les heures sont celles de votre navigateur."),
)
_NOW = Said(
    en=(
        "**Score** is how far the count lies above what was to be expected: from 3 on *watch*, from 4.3 on "
        "*critical* (higher while a brand is new). A click on a brand’s bar leads to its Incident view."
    ),
    fr=(
        "**Le score** dit de combien le compte dépasse l’attendu : *à surveiller* dès 3, *critique* dès 4,3 (plus"
        " haut tant qu’une marque est nouvelle). Un clic sur la barre d’une marque mène à sa vue Incident."
    ),
)
_MONDAY = Said(
    en=(
        "**The week** is the last seven whole days: read on a Monday, it is Monday to Sunday. *Change* compares "
        "with the seven days before. **Share of voice** is a brand’s part of the new stories of all brands shown,"
        " **negative share** the part of its stories that are negative. Incidents are those of every brand, "
        "whatever is chosen above: they know neither language nor network nor tone. Hour and weekday are those of"
        " the team’s time zone, other times those of your browser. A click on a brand’s bar leads to its Incident"
        " view."
    ),
    fr=(
        "**La semaine** est celle des sept derniers jours entiers : lue un lundi, elle va du lundi au dimanche. "
        "*L’évolution* compare aux sept jours d’avant. **La part de voix** est la part d’une marque dans les "
        "nouveaux sujets de toutes les marques affichées, **la part négative** celle de ses sujets qui sont "
        "négatifs. Les incidents sont ceux de toutes les marques, quoi qu’on choisisse plus haut : ils ne "
        "connaissent ni langue, ni réseau, ni tonalité. Heure et jour sont ceux du fuseau de l’équipe, les autres"
        " heures celles de votre navigateur. Un clic sur la barre d’une marque mène à sa vue Incident."
    ),
)
_SOURCES = Said(
    en=(
        "**Health.** *Failing*: three bad answers in a row, or one that is no mistake; the row says why and when "
        "it last worked. *Asks for rest*: the server wants to be left alone. *Never answered*: no good answer yet; "
        "these three are not heard. *Unusually quiet*: it answers, and brings nothing for longer than its own rhythm "
        "explains. *Unusually loud*: today brought more than any day before. *Slow*: over five seconds an answer. "
        "Sources and refused items are shown whatever "
        "is filtered, and sources whatever the time. A source is asked again by itself: failures stretch the "
        "wait."
    ),
    fr=(
        "**Santé.** *En panne* : trois mauvaises réponses de suite, ou une qui ne trompe pas ; la ligne dit "
        "pourquoi, et quand cela marchait encore. *Demande du répit* : le serveur veut qu’on le laisse. "
        "*Jamais répondu* : pas encore de bonne réponse ; ces trois-là ne sont pas entendues. "
        "*Anormalement calme* : elle répond, et n’apporte rien depuis plus longtemps que son rythme ne l’explique. "
        "*Anormalement bavarde* : plus aujourd’hui que n’importe quel jour d’avant. "
        "*Lente* : plus de cinq secondes par réponse. Sources et "
        "éléments refusés s’affichent quel que soit le filtre, et les sources quelle que soit la période. Une "
        "source est redemandée d’elle-même : les échecs allongent l’attente."
    ),
)
_INCIDENT = Said(
    en=(
        "The e-mail’s link brings brand and time along. Coming from elsewhere, choose a brand above and a time on"
        " the right. **Authors** are pseudonyms; posts that nobody signed are not among them."
    ),
    fr=(
        "Le lien de l’e-mail apporte la marque et la période. Venant d’ailleurs, choisissez une marque ci-dessus "
        "et une période à droite. **Les auteurs** sont des pseudonymes ; les publications non signées n’y "
        "figurent pas."
    ),
)


def _guide(*parts: Said) -> tuple[str, str]:
    """Paragraphs put together, in both languages."""
    return "\n\n".join(part.en for part in parts), "\n\n".join(part.fr for part in parts)


GUIDES: Mapping[str, tuple[str, str]] = {
    "guide_now": _guide(_CURVE, _NOW, _STORIES, _HARM, _COVERAGE, _BRAND_ONLY, _TIMES),
    "guide_monday": _guide(_MONDAY, _STORIES, _HARM, _TONES),
    "guide_incident": _guide(_INCIDENT, _CURVE, _STORIES, _HARM, _TONES, _COVERAGE, _BRAND_ONLY, _TIMES),
    "guide_every": _guide(_STORIES, _HARM, _TONES, _TIMES),
    "guide_sources": _guide(_SOURCES, _COVERAGE, _TIMES),
}
