"""The address that opens the Incident dashboard on one brand and one span of time, whole after any mail program."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tocsin.model import Window

BRAND_FIELD = "brand_name"
"""The field that every data view of the Incident dashboard has, and that people know."""

Value = str | bool | None | Mapping[str, "Value"] | list["Value"]

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_MILLISECOND = timedelta(milliseconds=1)


def dashboard_link(base_url: str, *, space: str, brand_name: str, window: Window, language: str) -> str:
    """Give the address of the Incident dashboard that shows this brand in this window, and nothing else.

    `base_url` may have a path. The window is widened to whole milliseconds: Kibana knows nothing finer. All but
    letters, digits and `-_.~` is percent-encoded, so that no mail program cuts the address or changes its meaning.
    """
    time = {"from": _moment(window.start), "to": _moment(window.end + _MILLISECOND - timedelta(microseconds=1))}
    place = f"{base_url.rstrip('/')}{space_path(space)}/app/dashboards#/view/{incident_dashboard(language)}"
    return f"{place}?_g={_encoded({'time': time})}&_a={_encoded({'filters': [_only(brand_name, language)]})}"


def incident_dashboard(language: str) -> str:
    """Id of the Incident dashboard in this language, `fr` or `en`."""
    return f"tocsin-incident-{language}"


def space_path(space: str) -> str:
    """The piece of a Kibana address that names the space: nothing for `default`."""
    return "" if space == "default" else f"/s/{space}"


def rison(value: Value) -> str:
    """Write a value as Kibana reads it in its addresses."""
    if value is None:
        return "!n"
    if isinstance(value, bool):
        return "!t" if value else "!f"
    if isinstance(value, list):
        return f"!({','.join(rison(each) for each in value)})"
    if isinstance(value, Mapping):
        return f"({','.join(f'{_text(key)}:{rison(each)}' for key, each in value.items())})"
    return _text(value)


def _text(text: str) -> str:
    # Bare only where it can be nothing else; `1` and `!t` as texts need their quotes.
    if _BARE.fullmatch(text):
        return text
    return "'" + text.replace("!", "!!").replace("'", "!'") + "'"


def _encoded(value: Value) -> str:
    return quote(rison(value), safe="")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _only(brand_name: str, language: str) -> Value:
    """The pill that people see and may take away: as Kibana itself writes one into its address."""
    return {
        "$state": {"store": "appState"},
        "meta": {
            "alias": None,
            "disabled": False,
            "field": BRAND_FIELD,
            "index": f"tocsin-mentions-{language}",
            "key": BRAND_FIELD,
            "negate": False,
            "params": {"query": brand_name},
            "type": "phrase",
        },
        "query": {"match_phrase": {BRAND_FIELD: brand_name}},
    }
