"""How long things are kept: the moments before which they have had their time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """Per brand, the moment before which what concerns it has had its time."""

    default: datetime
    """Holds for every brand that is not in `brands`, and for what concerns no brand."""
    brands: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, brand: str) -> datetime:
        """The brand's own limit, else the default."""
        return self.brands.get(brand, self.default)

    def passed(self, at: datetime, brands: Iterable[str]) -> bool:
        """Say whether something of that time has had its time for every brand that it concerns."""
        return all(at < limit for limit in [self.of(brand) for brand in brands] or [self.default])

    @property
    def earliest(self) -> datetime:
        """Before it, nothing is kept."""
        return min([self.default, *self.brands.values()])

    @property
    def latest(self) -> datetime:
        """From it on, everything is kept."""
        return max([self.default, *self.brands.values()])
