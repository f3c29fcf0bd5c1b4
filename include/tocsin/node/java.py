"""Find a Java that starts a given Elasticsearch: a machine may have several, and a build takes only some."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from tocsin.node.builds import Build, ToolsMissingError

_SYSTEM = Path("/usr/lib/jvm")


def find_java(build: Build, environ: Mapping[str, str], system: Path = _SYSTEM) -> Path:
    """Give the folder of the first Java that fits, as JAVA_HOME wants it; ToolsMissingError names the remedy."""
    for home in _candidates(environ, system):
        if _fits(home, build):
            return home
    text = (
        f"Elasticsearch {build.version} needs a JDK {build.java_words}; none is at ES_JAVA_HOME, JAVA_HOME, on PATH "
        f"or in {system}. On Debian: apt-get install openjdk-{build.java.start}-jdk-headless (21 from Debian 13 on; "
        "for older ones see adoptium.net), or set ES_JAVA_HOME to the folder of one"
    )
    raise ToolsMissingError(text)


def _candidates(environ: Mapping[str, str], system: Path) -> Iterator[Path]:
    """What the user chose, then what the machine has."""
    yield from (Path(environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if environ.get(name))
    if java := shutil.which("java", path=environ.get("PATH")):
        yield Path(java).resolve().parents[1]
    yield from sorted(system.glob("*"))


def _fits(home: Path, build: Build) -> bool:
    """Read in its `release` file whether a Java has the right major, and the parts that Elasticsearch wants."""
    try:
        release = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return False
    said = dict(re.findall(r'^(\w+)="(.*)"$', release, re.MULTILINE))
    major = said.get("JAVA_VERSION", "").partition(".")[0]
    # Cut-down Javas say what they kept; without some of it Elasticsearch dies at its start, or at the first index.
    whole = "MODULES" not in said or set(build.modules) <= set(said["MODULES"].split())
    return major.isdecimal() and int(major) in build.java and whole and (home / "bin" / "java").exists()
