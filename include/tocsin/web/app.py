"""The console's pages: incidents, the mentions behind one, and the health of the sources; they change nothing."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from tocsin.model import Incident, StorySummary, Window

if TYPE_CHECKING:  # every Airflow process reads the plugin; only a page that is asked for opens the store
    from tocsin.wiring import App

STORIES = 10
WORDS = 8
_HEADERS = {
    # Text from outside is escaped; should that ever fail, no script of it runs and nothing is fetched.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_console(
    require_user: Callable[..., Awaitable[Any] | Any], find_connection: Callable[[str], Any] | None = None
) -> FastAPI:
    """Build the console; every page asks `require_user` first, which refuses by raising an HTTPException.

    `find_connection` looks up Airflow's connections, where the store is named by one.
    """
    console = FastAPI(
        title="Tocsin", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(require_user)]
    )

    # Plain functions: FastAPI runs them in a thread, so that reading the store blocks nobody.
    @console.get("/", response_class=HTMLResponse)
    def overview() -> Response:
        from tocsin.wiring import open_app

        with open_app(find_connection=find_connection) as app:
            return page("overview.html.j2", **overview_of(app))

    @console.get("/incidents/{incident_id}", response_class=HTMLResponse)
    def incident(incident_id: str) -> Response:
        from tocsin.wiring import open_app

        with open_app(find_connection=find_connection) as app:
            found = app.stores.incidents.get(incident_id)
            if found is None:
                raise HTTPException(404, "no such incident")
            return page("incident.html.j2", **incident_of(app, found))

    return console


def overview_of(app: "App") -> dict[str, Any]:
    """Gather what the first page shows: open incidents first, then the newest closed ones, then the sources."""
    names = {brand.id: brand.name for brand in app.config.brands}
    incidents = sorted(
        app.stores.incidents.all(), key=lambda one: (one.closed_at is None, one.opened_at), reverse=True
    )
    states = {state.source_id: state for state in app.stores.sources.all()}
    return {
        "incidents": incidents[:50],
        "names": names,
        "sources": [(source, states.get(source.id)) for source in app.config.sources],
        "total": app.stores.mentions.total(),
        "now": app.clock.now(),
    }


def incident_of(app: "App", incident: Incident) -> dict[str, Any]:
    """Gather what an incident's page shows: its numbers, its loudest stories, and who was told when."""
    until = incident.closed_at or app.clock.now()
    stories: Sequence[StorySummary] = ()
    words: Sequence[str] = ()
    if until > incident.since:
        span = Window(incident.since, until)
        stories = app.stores.mentions.top_stories(incident.brand, span, STORIES)
        words = app.stores.mentions.driving_words(incident.brand, span, WORDS)
    names = {brand.id: brand.name for brand in app.config.brands}
    people = {person.id: person.name for person in app.config.people}
    return {
        "incident": incident,
        "name": names.get(incident.brand, incident.brand),
        "stories": stories,
        "words": words,
        "deliveries": app.stores.incidents.deliveries(incident.id),
        "people": people,
        "now": app.clock.now(),
    }


def page(template: str, **facts: Any) -> Response:
    """Render one page, everything escaped."""
    return HTMLResponse(_templates().get_template(template).render(**facts), headers=_HEADERS)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("tocsin.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters |= {"moment": moment, "lasted": lasted, "web": web_link}
    return templates


def moment(at: datetime | None) -> str:
    """Write a moment in UTC; Airflow's own pages default to it too."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "–"


def lasted(span: timedelta) -> str:
    """Write a span in days, hours and minutes, the two largest of them."""
    minutes = int(span.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    return f"{days} d {hours} h" if days else f"{hours} h {rest} min" if hours else f"{rest} min"


def web_link(url: str) -> str:
    """Give the link when it leads to the web, else nothing: a stranger wrote it."""
    return url if url.startswith(("https://", "http://")) else ""
