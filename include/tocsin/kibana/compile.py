"""Puts everything together: all objects of a language, and the file that Kibana imports."""

from collections.abc import Sequence

from tocsin.kibana.columns import Json
from tocsin.kibana.every import every
from tocsin.kibana.incident import incident
from tocsin.kibana.monday import monday
from tocsin.kibana.now import now
from tocsin.kibana.objects import compact
from tocsin.kibana.searches import searches
from tocsin.kibana.sources import sources
from tocsin.kibana.texts import LANGUAGES, Texts
from tocsin.kibana.views import data_views

DASHBOARDS = (now, monday, incident, every, sources)


def compile_objects(language: str, prefix: str = "tocsin") -> tuple[Json, ...]:
    """Every saved object of a language (`en`, `fr`), reading the indices under `prefix`; always the same ones.

    Ids do not depend on the prefix: two prefixes need two spaces. Views come first and dashboards last.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no dashboards in {language!r}; there are {', '.join(LANGUAGES)}")
    t = Texts(language)
    return (*data_views(t, prefix), *searches(t), *(build(t) for build in DASHBOARDS))


def to_ndjson(objects: Sequence[Json]) -> str:
    """The objects as a file for Kibana's import: one line each."""
    return "".join(f"{compact(each)}\n" for each in objects)


def file_name(language: str) -> str:
    """Name of a language's file under include/kibana."""
    return f"tocsin-{language}.ndjson"
