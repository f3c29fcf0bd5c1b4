"""What a stream brought since somebody last asked: one line a minute says it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts of one source: `heard` events, of them `unreadable`; kept posts by status; `reconnected`."""

    recent: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    is_live: bool = False

    def add(self, name: str, count: int = 1) -> None:
        """Count something."""
        self.recent[name] += count
        self.total[name] += count

    def line(self) -> str:
        """Say what came since the last line, and begin anew."""
        said = ", ".join(f"{count} {name}" for name, count in self.recent.items() if count) or "nothing"
        self.recent = Counter()
        return said if self.is_live else f"{said}, not connected"
