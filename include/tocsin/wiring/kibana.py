"""Kibana as the settings name it: links into it, and our dashboards brought to it."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence

from tocsin.adapters.kibana import KibanaSpace, LogIn
from tocsin.alert.speech import team_language
from tocsin.config import Config, Settings, load_config, nearest, read_settings, shown
from tocsin.errors import ConfigError, PermanentError
from tocsin.kibana.compile import compile_objects
from tocsin.kibana.link import dashboard_link
from tocsin.kibana.step import Pushed, named, push_objects
from tocsin.model import Brand, Window
from tocsin.wiring.span import window_between

log = logging.getLogger(__name__)

MakeLink = Callable[[str, Window, str], str]
"""Gives the address that shows a brand, known by its id, in a window of time, in a language."""


def link_maker(settings: Settings, config: Config) -> MakeLink | None:
    """Give what makes the links of incidents; None where there is no Kibana."""
    url, space = settings.kibana_url, settings.kibana_space
    if url is None:
        return None
    names = {brand.id: brand.name for brand in config.brands}

    def make(brand: str, window: Window, language: str) -> str:
        name = names.get(brand, brand)
        return dashboard_link(url, space=space, brand_name=name, window=window, language=language)

    return make


def brand_link(
    brand: str,
    start: str,
    end: str | None,
    *,
    environ: Mapping[str, str],
    language: str | None = None,
) -> str:
    """Give the address that shows a brand, given by id or name, from one time to another (None: now).

    Times are ISO 8601; without a zone they are meant in TOCSIN_TIME_ZONE. ConfigError: what cannot be understood.
    """
    settings = read_settings(environ)
    if settings.kibana_url is None:
        raise ConfigError("no Kibana to lead to: set TOCSIN_KIBANA_URL, or give --url")
    config = load_config(settings.config, need_sources=False)
    name = find_brand(brand, config.brands).name
    window = window_between(start, end, settings.time_zone)
    return dashboard_link(
        settings.kibana_url,
        space=settings.kibana_space,
        brand_name=name,
        window=window,
        language=language or team_language(config.people),
    )


def find_brand(said: str, brands: Sequence[Brand]) -> Brand:
    """Give the brand with this id, or else with this name whatever its case. ConfigError names the nearest."""
    by_id = {brand.id: brand for brand in brands}
    by_name = {brand.name.casefold(): brand for brand in reversed(brands)}
    found = by_id.get(said) or by_name.get(said.casefold())
    if found is None:
        known = [*by_id, *(brand.name for brand in brands)]
        raise ConfigError(f"brands.yaml has no brand {shown(said)}{nearest(said, known)}")
    return found


def push_dashboards(
    settings: Settings, languages: Sequence[str] = ("fr", "en"), *, dry_run: bool = False
) -> Pushed | None:
    """Bring our dashboards in these languages to the Kibana of the settings; None where there is none.

    Errors: those of the port SavedObjects. What Kibana refuses of single objects is in the answer.
    """
    if settings.kibana_url is None:
        return None
    prefix = settings.elasticsearch_prefix
    objects = [each for language in languages for each in compile_objects(language, prefix)]
    log_in = LogIn(settings.kibana_api_key, settings.kibana_username, settings.kibana_password)
    with KibanaSpace(settings.kibana_url, log_in, space=settings.kibana_space) as kibana:
        return push_objects(objects, kibana=kibana, dry_run=dry_run)


def keep_dashboards() -> dict[str, int] | None:
    """Bring all our dashboards to Kibana, as upkeep does: give the counts, or None where no log-in there is set.

    PermanentError names what Kibana refused, once the rest is stored; other errors: those of the port SavedObjects.
    """
    settings = read_settings(os.environ)
    # An address alone is for the links in mails; somebody else, who has the log-in, pushes: see docker-compose.yml.
    if not (settings.kibana_api_key or settings.kibana_username):
        return None
    pushed = push_dashboards(settings)
    if pushed is None:
        return None
    log.info("dashboards: %s", pushed.counts)
    if pushed.refused:
        refused = "; ".join(f"{named(each.object)}: {each.reason}" for each in pushed.refused)
        raise PermanentError(f"Kibana refused {len(pushed.refused)} objects: {refused}")
    return pushed.counts
