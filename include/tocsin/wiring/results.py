"""Where a command's result may be written: said before hours of work, not after."""

import os
from pathlib import Path

from tocsin.errors import ConfigError


def check_target(path: Path) -> None:
    """Make the folder of a result; ConfigError, before a replay of hours and not after, when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigError(f"cannot write the result to {path}: {exc.strerror or exc}") from exc
    if path.is_dir():
        raise ConfigError(f"cannot write the result to {path}: it is a folder; name a file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ConfigError(f"cannot write the result to {path}: no right to")
