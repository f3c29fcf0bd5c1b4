"""Prepare what the containers share, before they start: users and keys in Elasticsearch, passwords, the config.

Runs at each `docker compose up`; what is right already stays as it is, and no secret is printed.
"""

import json
import os
import re
import ssl
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tocsin.config import load_config
from tocsin.errors import ConfigError, PermanentError, TocsinError

RIGHTS: Mapping[str, Any] = json.loads(Path(__file__).with_name("rights.json").read_text(encoding="utf-8"))
"""What each key and role may do, and nothing else; the docs say why (include/docs/elasticsearch.md, compose.md)."""
PATIENCE = 120.0
"""Seconds that Elasticsearch may take until it knows its own users."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key of ours: what it may do, and the `.env` that hands it to those who use it."""

    name: str
    rights: Mapping[str, Any]
    env: Path
    variable: str


def main() -> None:
    """Prepare all; exit 2 for a wrong config or password, 1 for another failure, with the reason on stderr."""
    home, certificates, config = Path("data"), Path("certificates"), Path("include/config")
    try:
        prepare_home(home, certificates / "ca.crt", os.environ["AIRFLOW_PASSWORD"])
        put_config(config, home / "config")
        address, ca = os.environ["ELASTICSEARCH_URL"], certificates / "ca.crt"
        with connect(address, "elastic", os.environ["ELASTIC_PASSWORD"], ca) as client:
            wait_ready(client, PATIENCE)
            prepare_users(client, os.environ["KIBANA_PASSWORD"], os.environ["TEAM_PASSWORD"])
            for key in keys(home):
                say(f"API key {key.name}: {ensure_key(client, key)}")
    except TocsinError as exc:
        sys.stderr.write(f"{exc}\n")
        sys.exit(2 if isinstance(exc, ConfigError) else 1)


def keys(home: Path) -> tuple[Key, Key]:
    """The store's key, for every Airflow container, and the one that writes dashboards, for that container alone."""
    return (
        Key("tocsin-store", RIGHTS["store"], home / ".env", "TOCSIN_ELASTICSEARCH_API_KEY"),
        Key("tocsin-dashboards", RIGHTS["dashboards"], home / "dashboards" / ".env", "TOCSIN_KIBANA_API_KEY"),
    )


def connect(url: str, user: str, password: str, ca: Path | None = None) -> httpx.Client:
    """Open the way to Elasticsearch; with `ca`, only to one whose certificate that authority signed."""
    verify = ssl.create_default_context(cafile=ca) if ca else True
    return httpx.Client(base_url=url, auth=(user, password), verify=verify, trust_env=False, timeout=30.0)


def wait_ready(client: httpx.Client, patience: float) -> None:
    """Return when Elasticsearch knows our user; ConfigError: it goes on refusing it, PermanentError: it is silent."""
    limit = time.monotonic() + patience
    while True:
        try:
            answer = client.get("/_security/_authenticate")
            if answer.status_code == httpx.codes.OK:
                return
            reason = f"answers {answer.status_code}"
        except httpx.TransportError as exc:
            answer, reason = None, f"{exc}"
        if time.monotonic() > limit:
            break
        time.sleep(1)
    if answer is not None and answer.status_code == httpx.codes.UNAUTHORIZED:
        text = "it was set when the volume was made: put the old one back, or start anew (docker compose down -v)"
        raise ConfigError(f"Elasticsearch refuses ELASTIC_PASSWORD; {text}")
    raise PermanentError(f"after {patience:.0f} s Elasticsearch is not ready: {reason}")


def prepare_users(client: httpx.Client, kibana: str, team: str) -> None:
    """Set the password of Kibana's own user, and make `team`, who reads in Kibana and changes nothing."""
    ask(client, "POST", "/_security/user/kibana_system/_password", {"password": kibana})
    ask(client, "PUT", "/_security/role/tocsin_team", RIGHTS["team"])
    ask(client, "PUT", "/_security/user/team", {"password": team, "roles": ["tocsin_team"], "full_name": "The team"})
    say("users kibana_system and team: set")


def ensure_key(client: httpx.Client, key: Key) -> str:
    """Keep the key that is written down while it works, with exactly these rights, else make one; say which."""
    found = (
        re.search(rf"^{key.variable}=(\S+)$", key.env.read_text("utf-8"), re.MULTILINE) if key.env.exists() else None
    )
    if found and (known := _identity(client, found[1])):
        update = client.put(f"/_security/api_key/{known}", json={"role_descriptors": key.rights})
        if update.is_success:
            return "kept"
    # Nobody has the older ones any more.
    ask(client, "DELETE", "/_security/api_key", {"name": key.name, "owner": True}, missing_ok=True)
    made = ask(client, "POST", "/_security/api_key", {"name": key.name, "role_descriptors": key.rights})
    key.env.parent.mkdir(parents=True, exist_ok=True)
    write(key.env, f"# Written by docker/init.py.\n{key.variable}={made['encoded']}\n")
    return "made"


def _identity(client: httpx.Client, encoded: str) -> str | None:
    """The id of a key that works, else None."""
    headers = {"Authorization": f"ApiKey {encoded}"}
    answer = client.get("/_security/_authenticate", headers=headers, auth=None)
    return str(answer.json()["api_key"]["id"]) if answer.is_success else None


def ask(client: httpx.Client, method: str, path: str, body: Mapping[str, Any], *, missing_ok: bool = False) -> Any:
    """Ask Elasticsearch; PermanentError holds what it answers, never what we sent."""
    try:
        answer = client.request(method, path, json=body)
    except httpx.TransportError as exc:
        raise PermanentError(f"{method} {path}: {exc}") from exc
    if answer.is_error and not (missing_ok and answer.status_code == httpx.codes.NOT_FOUND):
        raise PermanentError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
    return answer.json()


def prepare_home(home: Path, ca: Path, password: str) -> None:
    """Write Airflow's password file and the authority's certificate where every Airflow container reads them."""
    write(home / "airflow-passwords.json", json.dumps({"admin": password}))
    write(home / "ca.crt", ca.read_text(encoding="ascii"))


def put_config(source: Path, target: Path) -> None:
    """Check the team's config and copy it to where tasks read it; ConfigError: it is wrong, the old one stays."""
    config = load_config(source)
    for sentence in config.advice():
        say(f"Note: {sentence}")
    target.mkdir(exist_ok=True)
    for path in sorted(source.glob("*.yaml")):
        write(target / path.name, path.read_text(encoding="utf-8"))
    say(f"config: {len(config.brands)} brands, {len(config.sources)} sources, {len(config.people)} people")


def write(path: Path, text: str) -> None:
    """Replace a file at once by one that is readable by its owner alone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as new:
        new.write(text)
    Path(name).replace(path)


def say(text: str) -> None:
    """Tell the log of the container."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
