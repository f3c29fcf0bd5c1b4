"""From a reading to a verdict: thresholds, gates, and the reasons that a person can check."""

from dataclasses import dataclass

from tocsin.detect.baseline import HOUR
from tocsin.detect.reading import Reading
from tocsin.detect.thresholds import Thresholds
from tocsin.model import Brand, Counts, Severity, Verdict, Window

BLIND = 0.5
"""Coverage below which silence proves nothing: a storm is then not called over."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who stands behind a wave: signed authors, and stories that no author signed."""

    authors: int
    unsigned: int = 0

    @property
    def most(self) -> int:
        """Authors at most: each unsigned story may have one of its own."""
        return self.authors + self.unsigned


def decide(
    reading: Reading, *, brand: Brand, counts: Counts, crowd: Crowd, coverage: float, thresholds: Thresholds
) -> Verdict:
    """Weigh what was read and say how grave it is, with the reasons; `counts` are those of the reading's window."""
    loud = _loudness(reading, thresholds)
    held = _gates(brand, counts, crowd, thresholds) if loud > Severity.CALM else ()
    severity = Severity.CALM if held else loud
    caution = thresholds.caution(reading.rows)
    over = reading.quiet and severity is Severity.CALM and coverage >= BLIND
    reasons = (
        _count(reading, counts),
        *held,
        _against(reading, loud, thresholds),
        *_limits(reading, coverage, thresholds),
    )
    return Verdict(
        brand=brand.id,
        at=reading.window.end,
        severity=severity,
        score=reading.score,
        peak=reading.peak,
        threshold=(thresholds.critical if loud is Severity.CRITICAL else thresholds.watch) * caution,
        window=reading.window,
        observed=reading.observed,
        usual=reading.usual,
        forecast=reading.forecast,
        spread=reading.spread,
        since=reading.since if severity > Severity.CALM else None,
        over=over,
        counts=counts,
        coverage=coverage,
        reasons=tuple(reason for reason in (*reasons, *_crowd(counts, crowd, severity), *_over(over)) if reason),
        recent=reading.recent,
    )


def _loudness(reading: Reading, thresholds: Thresholds) -> Severity:
    """Severity by the score alone; a reading without an onset is that of a brand at rest."""
    caution = thresholds.caution(reading.rows)
    if reading.since is None or reading.rows < thresholds.silent_rows:
        return Severity.CALM
    return Severity.CRITICAL if reading.peak >= thresholds.critical * caution else Severity.WATCH


def _gates(brand: Brand, counts: Counts, crowd: Crowd, thresholds: Thresholds) -> tuple[str, ...]:
    held = []
    if counts.stories < thresholds.min_stories:
        held.append(
            f"Held back: {_some(counts.stories, 'story', 'stories')}, at least {thresholds.min_stories} are asked."
        )
    if crowd.most < brand.min_authors:
        held.append(f"Held back: {_some(crowd.authors, 'author')}, at least {brand.min_authors} are asked.")
    return tuple(held)


def _count(reading: Reading, counts: Counts) -> str:
    number, steady = reading.observed, ""
    if reading.steady and counts.stories > reading.observed:
        number = counts.stories
        steady = f", weighed as {reading.observed}, as no hour counts for more than three average ones"
    told = _some(number, "new negative story", "new negative stories")
    return f"{told} in the last {_span(reading.window)}{steady}; {reading.usual:.1f} would be usual."


def _against(reading: Reading, loud: Severity, thresholds: Thresholds) -> str:
    if loud is Severity.CALM:
        return ""
    caution = thresholds.caution(reading.rows)
    watch, critical = thresholds.watch * caution, thresholds.critical * caution
    bars = f"over {watch:.1f} for watch, under {critical:.1f} for critical"
    if loud is Severity.CRITICAL:
        bars = f"over {critical:.1f}, the threshold for critical"
    now = "" if reading.score >= reading.peak else f" since the last all-clear, {reading.score:.1f} now"
    unit = f"one unit is {reading.spread:.1f} stories above a forecast of {reading.forecast:.1f}"
    return f"The score {reading.peak:.1f}{now} is {bars}; {unit}."


def _limits(reading: Reading, coverage: float, thresholds: Thresholds) -> tuple[str, ...]:
    """What makes this verdict less sure than others."""
    said = []
    hours = reading.rows / HOUR
    if reading.rows < thresholds.silent_rows:
        said.append(f"Only {hours:.1f} hours of history: nothing is called before {thresholds.silent_rows // HOUR}.")
    elif (caution := thresholds.caution(reading.rows)) > 1:
        said.append(f"Only {hours:.0f} hours of history: thresholds are {caution:g} times higher.")
    if coverage < 1:
        said.append(f"Only {coverage:.0%} of the sources answered lately: the counts may be too low.")
    return tuple(said)


def _crowd(counts: Counts, crowd: Crowd, severity: Severity) -> tuple[str, ...]:
    if severity is Severity.CALM:
        return ()
    unsigned = f", and {_some(crowd.unsigned, 'story', 'stories')} that nobody signed" if crowd.unsigned else ""
    return (f"{_some(counts.negatives, 'negative mention')} by {_some(crowd.authors, 'author')}{unsigned}.",)


def _over(over: bool) -> tuple[str, ...]:
    return ("The last 45 minutes were back at usual.",) if over else ()


def _span(window: Window) -> str:
    minutes = round((window.end - window.start).total_seconds() / 60)
    if minutes == 60:
        return "hour"
    return f"{minutes} minutes" if minutes < 180 else f"{minutes / 60:.1f} hours".replace(".0 ", " ")


def _some(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
