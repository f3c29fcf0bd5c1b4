"""How long to wait before a stream is connected again: soon after one that lived, longer after each that did not."""

FIRST = 1.0
LONGEST = 300.0
REFUSED = 900.0
"""After a refusal: other credentials, or another mind of the server's, come no sooner."""


def rest(failures: int, chance: float, asked: float | None = None, *, refused: bool = False) -> float:
    """Give the seconds: doubled with each failure in a row, at most five minutes, a half of them by chance (0 to 1).

    Never before `asked`, the seconds that the server said. A refusal rests for a quarter of an hour.
    """
    longest = REFUSED if refused else min(FIRST * 2.0 ** min(failures, 20), LONGEST)
    return max(longest * (0.5 + chance / 2), asked or 0.0)
