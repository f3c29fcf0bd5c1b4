"""Log-ins of some hours in files that only we may read, so that not each round logs in anew."""

import logging
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

log = logging.getLogger(__name__)


class FileTokens:
    """Keeps the promise of the port TokenShelf in one folder, a file of mode 0600 for each token."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str, now: datetime) -> str | None:
        """Give the token kept under the name; None when there is none or its time is over."""
        try:
            until, _, token = (self._folder / name).read_text(encoding="utf-8").partition("\n")
            return token if now < datetime.fromisoformat(until) else None
        except (OSError, ValueError, TypeError):
            return None

    def keep(self, name: str, token: str, until: datetime) -> None:
        """Keep a token; the same name again replaces. A disk that takes none is told to the log."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile("w", encoding="utf-8", dir=self._folder, delete=False) as file:  # Of mode 0600.
                file.write(f"{until.isoformat()}\n{token}")
            Path(file.name).replace(self._folder / name)
        except (OSError, ValueError) as exc:
            log.warning("a log-in is not kept, the next round logs in again: %s", type(exc).__name__)

    def forget(self, name: str) -> None:
        """Let go of a token that is not taken any more."""
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as exc:
            log.warning("a log-in that was refused is still kept: %s", type(exc).__name__)
