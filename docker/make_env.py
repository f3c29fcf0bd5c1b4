"""Write the secrets that docker-compose.yml asks for into `.env`: random, one line each, readable by you alone.

Runs on any Python 3.9 or newer, with nothing installed. What is in `.env` already stays as it is.
"""

import base64
import os
import re
import secrets
import sys
import tempfile
from pathlib import Path

# Hexadecimal digits need no quoting in `.env`, in an address or in JSON.
SECRETS = {
    "POSTGRES_PASSWORD": lambda: secrets.token_hex(24),
    "ELASTIC_PASSWORD": lambda: secrets.token_hex(24),
    "KIBANA_PASSWORD": lambda: secrets.token_hex(24),
    "KIBANA_ENCRYPTION_KEY": lambda: secrets.token_hex(24),
    "TEAM_PASSWORD": lambda: secrets.token_hex(12),
    "AIRFLOW_PASSWORD": lambda: secrets.token_hex(12),
    "AIRFLOW_SECRET_KEY": lambda: secrets.token_hex(32),
    "AIRFLOW_JWT_SECRET": lambda: secrets.token_hex(32),
    "AIRFLOW_FERNET_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}


def add_missing(env: Path) -> list[str]:
    """Add a random value for each secret that the file lacks, and return the names; the file is whole at any time."""
    text = env.read_text(encoding="utf-8") if env.exists() else ""
    there = set(re.findall(r"^\s*(?:export\s+)?(\w+)\s*=[ \t]*\S", text, re.MULTILINE))
    missing = [name for name in SECRETS if name not in there]
    if missing:
        head = "" if "docker-compose.yml" in text else "# Secrets of docker-compose.yml, made by `make env`.\n"
        lines = "".join(f"{name}={SECRETS[name]()}\n" for name in missing)
        _replace(env, text + ("" if not text or text.endswith("\n") else "\n") + head + lines)
    elif env.stat().st_mode & 0o077:
        env.chmod(0o600)
    return missing


def _replace(env: Path, text: str) -> None:
    """Write beside and rename: a full disk leaves the old file. mkstemp makes it readable by us alone."""
    handle, name = tempfile.mkstemp(dir=env.parent, prefix=".env.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(text)
        Path(name).replace(env)
    except OSError:
        Path(name).unlink()
        raise


def main() -> None:
    """Say which names were added, and never a value."""
    env = Path(sys.argv[1] if len(sys.argv) > 1 else ".env")
    added = add_missing(env)
    sys.stdout.write(f"{env}: added {', '.join(added)}\n" if added else f"{env}: nothing is missing\n")


if __name__ == "__main__":
    main()
