"""What the dashboards say, in each language, and the ids under which a language's objects are kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.kibana.guides import GUIDES

LANGUAGES = ("en", "fr")

LABELS: Mapping[str, tuple[str, str]] = {
    # Dashboards: name, title, sentence below it, and what a click that leads there is called.
    "now": ("Now", "En ce moment"),
    "monday": ("Last week", "Semaine passée"),
    "incident": ("Incident", "Incident"),
    "every": ("Every mention", "Toutes les mentions"),
    "sources": ("Sources", "Sources"),
    "title_now": ("Tocsin · Now", "Tocsin · En ce moment"),
    "title_monday": ("Tocsin · Monday, last week", "Tocsin · Lundi, la semaine passée"),
    "title_incident": ("Tocsin · Incident", "Tocsin · Incident"),
    "title_every": ("Tocsin · Every mention", "Tocsin · Toutes les mentions"),
    "title_sources": ("Tocsin · Sources", "Tocsin · Sources"),
    "about_now": (
        "The last 24 hours of each brand: negative stories against the usual, and what we could see.",
        "Les dernières 24 heures de chaque marque : sujets négatifs face à l’habituel, ce qui a pu être vu.",
    ),
    "about_monday": (
        "The last seven whole days: share of voice, negative share, change, top stories, incidents and their end.",
        "Les sept derniers jours entiers : part de voix, part négative, évolution, sujets repris, incidents.",
    ),
    "about_incident": (
        "One brand in a time of trouble: the curve, who speaks, the stories with their copies, each post.",
        "Une marque dans la tourmente : la courbe, qui parle, les sujets et leurs copies, chaque publication.",
    ),
    "about_every": (
        "Every post that we hold, by brand, language, network and tone.",
        "Chaque publication que nous avons, par marque, langue, réseau et tonalité.",
    ),
    "about_sources": (
        "Whether what we read still answers, what it brought, and what could not be taken.",
        "Nos lectures répondent-elles encore, qu’ont-elles apporté, qu’a-t-il fallu refuser.",
    ),
    "drill_incident": ("Open the brand’s Incident view", "Ouvrir la vue Incident de la marque"),
    "links": ("Other dashboards", "Autres tableaux de bord"),
    "guide": ("How to read this", "Comment lire ce tableau"),
    # Saved searches.
    "title_negative": ("Tocsin · Harmful mentions", "Tocsin · Mises en cause"),
    "title_posts": ("Tocsin · All mentions", "Tocsin · Mentions"),
    "title_incidents": ("Tocsin · Incidents", "Tocsin · Incidents"),
    "about_negative": (
        "Posts that harm a brand, with the words that decided it, the newest first.",
        "Publications qui mettent en cause une marque, avec les mots décisifs, les plus récentes d’abord.",
    ),
    "about_posts": ("Posts, the newest first.", "Publications, les plus récentes d’abord."),
    "about_incidents": ("Incidents, the latest first.", "Incidents, les plus récents d’abord."),
    # Data views.
    "view_mentions": ("Tocsin mentions (EN)", "Tocsin mentions (FR)"),
    "view_series": ("Tocsin series (EN)", "Tocsin séries (FR)"),
    "view_incidents": ("Tocsin incidents (EN)", "Tocsin incidents (FR)"),
    "view_sources": ("Tocsin sources (EN)", "Tocsin sources (FR)"),
    "view_quarantine": ("Tocsin refused items (EN)", "Tocsin éléments refusés (FR)"),
    "date_pattern": ("YYYY-MM-DD HH:mm", "DD/MM/YYYY HH:mm"),
    # Fields of mentions.
    "@timestamp": ("Time", "Date"),
    "brand_name": ("Brand", "Marque"),
    "harmed_name": ("Harmed brand", "Marque mise en cause"),
    "harm.label": ("Harm", "Mise en cause"),
    "harm.score": ("Harm score", "Gravité"),
    "harm.words": ("Deciding words", "Mots décisifs"),
    "harm.label=harmful": ("harmful", "avérée"),
    "harm.label=resolved": ("resolved", "levée"),
    "harm.label=none": ("none", "aucune"),
    "harm.label=unknown": ("not known", "inconnue"),
    "language": ("Language", "Langue"),
    "network": ("Network", "Réseau"),
    "tone": ("Tone", "Tonalité"),
    "valence": ("Valence", "Valence"),
    "title": ("Title", "Titre"),
    "headline": ("Headline", "Accroche"),
    "message": ("Text", "Texte"),
    "url.full": ("Original", "Original"),
    "url.domain": ("Site", "Site"),
    "user.hash": ("Author (pseudonym)", "Auteur (pseudonyme)"),
    "user.tier": ("Voice", "Voix"),
    "user.audience": ("Potential audience", "Audience potentielle"),
    "story.id": ("Story", "Sujet"),
    "story.is_copy": ("Copy", "Copie"),
    "source_id": ("Source", "Source"),
    "event.created": ("Found at", "Trouvé le"),
    "entity.text": ("Name in the text", "Nom cité"),
    "local.hour": ("Hour (team’s time)", "Heure (de l’équipe)"),
    "local.weekday": ("Weekday (team’s time)", "Jour (de l’équipe)"),
    "open_post": ("open", "ouvrir"),
    "tone=negative": ("Negative", "Négatif"),
    "tone=neutral": ("Neutral", "Neutre"),
    "tone=positive": ("Positive", "Positif"),
    "tone=unknown": ("Not known", "Inconnu"),
    "local.weekday=1": ("Monday", "Lundi"),
    "local.weekday=2": ("Tuesday", "Mardi"),
    "local.weekday=3": ("Wednesday", "Mercredi"),
    "local.weekday=4": ("Thursday", "Jeudi"),
    "local.weekday=5": ("Friday", "Vendredi"),
    "local.weekday=6": ("Saturday", "Samedi"),
    "local.weekday=7": ("Sunday", "Dimanche"),
    # Fields of series.
    "counted": ("New negative stories", "Nouveaux sujets négatifs"),
    "hour.counted": ("Negative stories per hour", "Sujets négatifs par heure"),
    "hour.usual": ("Usual per hour", "Habituel par heure"),
    "hour.lower": ("Usual at least", "Habituel au moins"),
    "hour.upper": ("Usual at most", "Habituel au plus"),
    "hour.critical": ("Bar for critical", "Seuil critique"),
    "score": ("Score", "Score"),
    "coverage": ("Coverage", "Couverture"),
    # Fields of incidents.
    "id": ("Incident", "Incident"),
    "state": ("State", "État"),
    "level": ("Level", "Niveau"),
    "since": ("Since", "Depuis"),
    "opened_at": ("Opened", "Ouvert le"),
    "closed_at": ("Closed", "Clos le"),
    "minutes": ("Lasted", "Durée"),
    "peak_score": ("Highest score", "Score maximal"),
    "peak_factor": ("Times the usual", "Fois l’habituel"),
    "mentions": ("Negative posts", "Publications négatives"),
    "notices": ("Times told", "Avis envoyés"),
    "link": ("View", "Vue"),
    "open_incident": ("open", "ouvrir"),
    "level=calm": ("calm", "calme"),
    "level=watch": ("watch", "à surveiller"),
    "level=critical": ("critical", "critique"),
    "state=open": ("open", "en cours"),
    "state=closed": ("closed", "clos"),
    # Fields of sources and of refused items.
    "health": ("Health", "Santé"),
    "note": ("What went wrong", "Ce qui n’a pas marché"),
    "failures": ("Failures in a row", "Échecs de suite"),
    "checked_at": ("Asked", "Interrogée"),
    "succeeded_at": ("Last answered well", "Dernière bonne réponse"),
    "due_at": ("Next", "Prochaine"),
    "health=healthy": ("healthy", "en forme"),
    "health=failing": ("failing", "en panne"),
    "health=never": ("never answered", "jamais répondu"),
    "health=throttled": ("asks for rest", "demande du répit"),
    "health=quiet": ("unusually quiet", "anormalement calme"),
    "health=loud": ("unusually loud", "anormalement bavarde"),
    "health=slow": ("slow", "lente"),
    "step": ("Step", "Étape"),
    "reason": ("Reason", "Raison"),
    "items": ("Items", "Éléments"),
    # Columns and tiles.
    "time": ("Time", "Date"),
    "usual": ("Usual per hour", "Habituel par heure"),
    "band_low": ("Lower edge of the usual", "Bas de l’habituel"),
    "band": ("Usual band, up to the bar for watch", "Zone habituelle, jusqu’au seuil de surveillance"),
    "bar": ("Bar for critical", "Seuil critique"),
    "counted_hour": ("New negative stories per hour", "Nouveaux sujets négatifs par heure"),
    "onset": ("Onset of an incident", "Début d’un incident"),
    "peak_hour": ("Most in an hour", "Maximum par heure"),
    "lowest": ("lowest", "au plus bas"),
    "before": ("week before", "semaine d’avant"),
    "stories": ("New stories", "Nouveaux sujets"),
    "stories_told": ("Stories", "Sujets"),
    "copies": ("Copies", "Copies"),
    "posts_all": ("Posts", "Publications"),
    "negative_posts": ("Negative posts", "Publications négatives"),
    "negative_copies": ("Negative copies", "Copies négatives"),
    "negative_stories": ("New negative stories", "Nouveaux sujets négatifs"),
    "authors": ("Authors", "Auteurs"),
    "sites": ("Sites", "Sites"),
    "voice": ("Share of voice", "Part de voix"),
    "negative_share": ("Negative share", "Part négative"),
    "change": ("Change in a week", "Évolution en une semaine"),
    "change_negative": ("Change of negative ones", "Évolution des négatifs"),
    "first_seen": ("First post", "Première publication"),
    "last_seen": ("Last post", "Dernière publication"),
    "of_them_critical": ("critical", "critiques"),
    "sources_healthy": ("Healthy sources", "Sources en forme"),
    "sources_failing": ("Failing sources", "Sources en panne"),
    "sources_throttled": ("Sources that ask for rest", "Sources qui demandent du répit"),
    "sources_quiet": ("Unusually quiet sources", "Sources anormalement calmes"),
    "sources_never": ("Sources that never answered", "Sources jamais entendues"),
    # Titles of panels.
    "p_curve": ("New negative stories per hour, against the usual", "Nouveaux sujets négatifs par heure et habituel"),
    "p_brands_click": ("New negative stories by brand", "Nouveaux sujets négatifs par marque"),
    "p_brands": ("Brands, the most unusual first", "Marques, les plus inhabituelles d’abord"),
    "p_scores": ("How unusual, by brand and time", "Degré d’inhabituel, par marque et moment"),
    "p_coverage": ("Share of the sources that answered", "Part des sources qui ont répondu"),
    "p_blind": ("Sources that we do not hear", "Sources que nous n’entendons pas"),
    "p_open": ("Incidents still open (30 days)", "Incidents en cours (30 jours)"),
    "p_newest": ("Newest harmful posts", "Dernières mises en cause"),
    "p_voice": ("Brands: share of voice, negative share, change", "Marques : part de voix, part négative, évolution"),
    "p_words": ("Words that decided it", "Mots décisifs"),
    "p_tone_brand": ("Tone by brand", "Tonalité par marque"),
    "p_tone_time": ("Posts by tone", "Publications par tonalité"),
    "p_tone_network": ("Tone by network", "Tonalité par réseau"),
    "p_tone_language": ("Tone by language", "Tonalité par langue"),
    "p_names": ("Names in the posts", "Noms cités"),
    "p_when": ("When posts come", "Quand les publications arrivent"),
    "p_stories": ("Top stories and their copies", "Sujets les plus repris et leurs copies"),
    "p_negative_stories": ("Negative stories and their copies", "Sujets négatifs et leurs copies"),
    "p_incidents_all": ("Incidents of the week, every brand", "Incidents de la semaine, toutes marques"),
    "p_incidents_tile": ("Incidents, every brand", "Incidents, toutes marques"),
    "p_incident": ("The incident", "L’incident"),
    "p_authors": ("Who speaks: authors", "Qui parle : auteurs"),
    "p_sites": ("Who speaks: sites", "Qui parle : sites"),
    "p_posts": ("The posts", "Les publications"),
    "p_sources": ("Every source", "Toutes les sources"),
    "p_brought": ("What each source brought", "Ce que chaque source a apporté"),
    "p_refused": ("What could not be taken", "Ce qui a été refusé"),
}


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's words and ids; `language` is one of LANGUAGES."""

    language: str

    def __call__(self, key: str) -> str:
        """The phrase in this language. KeyError: no such phrase."""
        pair = LABELS[key] if key in LABELS else GUIDES[key]
        return pair[LANGUAGES.index(self.language)]

    def id(self, name: str) -> str:
        """Id of an object of this language, the same under every prefix, so that links into it last."""
        return f"tocsin-{name}-{self.language}"

    @property
    def views(self) -> dict[str, str]:
        """Id of the data view of each kind."""
        return {kind: self.id(kind) for kind in ("mentions", "series", "incidents", "sources", "quarantine")}
