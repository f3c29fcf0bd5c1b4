"""What documents say beside their values, so that charts need no code: names, the team's clock, words for states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from tocsin.errors import BadItemError
from tocsin.model import Incident, Mention, SeriesPoint, SourceState, health_of

_MINUTE = timedelta(minutes=1)
_HEADLINE = 140
"""Characters that a row of a table shows of a post."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labels:
    """The names of the brands by id, and the team's time zone. What is read back ignores all that it adds."""

    names: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC

    def name(self, brand: str) -> str:
        """The brand's name; its id when the config does not know it any more."""
        return self.names.get(brand, brand)

    def of_mention(self, mention: Mention) -> dict[str, Any]:
        """Names of its brands, its headline, hour and weekday. BadItemError: a time outside the team's calendar."""
        at = self._local(mention.published_at)
        return {
            "headline": headline(mention.title) or headline(mention.text),
            "brand_name": [self.name(brand) for brand in mention.brands],
            "harmed_name": [self.name(brand) for brand in mention.harmed],
            "local": {"hour": f"{at:%H}", "weekday": f"{at.isoweekday()}"},
        }

    def of_point(self, point: SeriesPoint) -> dict[str, Any]:
        """Name of its brand."""
        return {"brand_name": self.name(point.brand)}

    def of_incident(self, incident: Incident) -> dict[str, Any]:
        """Name of its brand, its level as a word, and how long it lasted, once it is closed."""
        told: dict[str, Any] = {"brand_name": self.name(incident.brand), "level": incident.severity.name.lower()}
        if incident.closed_at is not None:
            told["minutes"] = (incident.closed_at - incident.since) // _MINUTE
        return told

    def of_source(self, state: SourceState) -> dict[str, Any]:
        """Its health in one word, as it was at its last look."""
        return {"health": health_of(state, state.checked_at or _LONG_AGO).value}

    def _local(self, at: datetime) -> datetime:
        try:
            return at.astimezone(self.zone)
        except OverflowError as exc:
            raise BadItemError(f"a time outside the calendar: {at}") from exc


def headline(text: str) -> str:
    """The first words of a text on one line: what names a post that has no title."""
    line = " ".join(text[: _HEADLINE * 8].split())
    return line if len(line) <= _HEADLINE else line[: _HEADLINE - 1].rstrip() + "…"
