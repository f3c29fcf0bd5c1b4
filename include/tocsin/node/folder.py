"""The folder of one node: its configuration, data and logs, owned by a user that is not root, gone at the end."""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

NOBODY = 65534
"""User and group that a node runs as when we are root: Elasticsearch refuses root."""
USER = "tocsin"
"""Name of the user of a node with security; may do all."""

_PREFIX = "tocsin-elasticsearch-"
_ROUNDS = 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a node is to be: loopback ports, heap as Java writes it, password if it has security, brief if it is."""

    http: int
    transport: int
    heap: str
    password: str | None = field(default=None, repr=False)
    brief: bool = False


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """Lend a new folder that the node's user can reach, and delete it after; also those that killed ones left."""
    places = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")]  # noqa: S108 - mkdtemp makes the name
    parent = next((place for place in places if is_open(place)), places[0])
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    try:
        with (folder / "new").open("w") as lock:
            # The lock ends with us, however we end: so a left-over is known. The name comes after the lock.
            fcntl.flock(lock, fcntl.LOCK_EX)
            (folder / "new").rename(folder / "owner")
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        # Refused: another user's folder, one whose owner lives, one that is just being made or deleted.
        with contextlib.suppress(OSError), (folder / "owner").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def is_open(path: Path) -> bool:
    """Say whether the node's user can reach and read this folder."""
    if os.geteuid() != 0:
        return True  # The node runs as ourselves.
    path = path.resolve()
    way = all(place.stat().st_mode & 0o001 for place in path.parents)
    return way and path.stat().st_mode & 0o005 == 0o005


def reachable(path: Path, folder: Path) -> Path:
    """Give the folder itself, or a twin of it in `folder` where the node's user cannot reach it (under /root)."""
    if is_open(path):
        return path
    shutil.copytree(path, folder / path.name, symlinks=True, copy_function=_link)
    return folder / path.name


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)  # Takes no time and no room.
    except OSError:  # Another file system.
        shutil.copy2(source, target, follow_symlinks=False)


def furnish(folder: Path, home: Path, plan: Plan) -> None:
    """Write the configuration of a node into the empty `folder`, and give all of it to the node's user."""
    for part in ("config/jvm.options.d", "data", "logs", "snapshots", "tmp"):
        (folder / part).mkdir(parents=True)
    config = folder / "config"
    for name in ("log4j2.properties", "users", "users_roles", "roles.yml"):
        shutil.copyfile(home / "config" / name, config / name)
    jvm_options = (home / "config" / "jvm.options").read_text(encoding="utf-8").splitlines()
    texts = {
        "elasticsearch.yml": _settings(folder, plan),
        # The log of the garbage collector has a relative path, where the node may not write: 8.16.6 dies of it.
        "jvm.options": "".join(f"{line}\n" for line in jvm_options if "-Xlog:gc" not in line),
        # The compiler that makes Java fast in the long run takes two fifths of the work of a start.
        "jvm.options.d/ours.options": f"-Xms{plan.heap}\n-Xmx{plan.heap}\n"
        + "-XX:TieredStopAtLevel=1\n" * plan.brief,
    }
    if plan.password:
        texts |= {"users": f"{USER}:{_hashed(plan.password)}\n", "users_roles": f"superuser:{USER}\n"}
    for name, text in texts.items():
        (config / name).write_text(text, encoding="utf-8")
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)


def _settings(folder: Path, plan: Plan) -> str:
    said = {
        "cluster.name": "tocsin",
        "node.name": "tocsin",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": plan.http,
        "transport.port": plan.transport,
        "path.data": folder / "data",
        "path.logs": folder / "logs",
        "path.repo": folder / "snapshots",
        "xpack.security.enabled": "true" if plan.password else "false",
        # A laptop's disk is often nearly full; that is no reason to refuse a few test documents.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    return "".join(f"{name}: {json.dumps(str(value))}\n" for name, value in said.items())


def _hashed(password: str) -> str:
    """Hash as Elasticsearch's file realm reads it; its own command would start a Java for that."""
    salt = secrets.token_bytes(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, dklen=32)
    return f"{{PBKDF2}}{_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
