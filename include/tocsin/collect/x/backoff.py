"""How long to wait before a stream is connected again, as docs.x.com asks ("Handling disconnections")."""

from dataclasses import dataclass

from tocsin.ports import Trouble

NETWORK_STEP, NETWORK_MOST = 0.25, 16.0
HTTP_FIRST, HTTP_MOST = 5.0, 320.0
LIMIT_FIRST, LIMIT_MOST = 60.0, 900.0
"""A window of limits is 15 minutes long."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Tries in a row that failed in the same way, and the seconds to wait after them."""

    trouble: Trouble | None = None
    tries: int = 0
    wait: float = 0.0

    def after(self, trouble: Trouble, asked: float | None = None, *, alive: bool = False) -> "Backoff":
        """Give the next wait: none after a connection that lived, else longer each time; never before `asked`."""
        tries = 0 if alive else self.tries + 1 if trouble is self.trouble else 1
        return Backoff(trouble, tries, max(_wait(trouble, tries), asked or 0.0))


def _wait(trouble: Trouble, tries: int) -> float:
    if tries == 0:
        return 0.0
    if trouble is Trouble.NETWORK:
        return min(NETWORK_STEP * tries, NETWORK_MOST)
    first, most = (LIMIT_FIRST, LIMIT_MOST) if trouble is Trouble.LIMIT else (HTTP_FIRST, HTTP_MOST)
    return min(first * 2.0 ** min(tries - 1, 20), most)
