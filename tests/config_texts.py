"""Small brands.yaml, sources.yaml and people.yaml to put one thing into."""

import pytest

from tocsin.config import Config, parse_config
from tocsin.errors import ConfigError

BRANDS = """\
languages: [fr, en]
brands:
  - id: bulla
    name: Bulla
    aliases: [Bulla, "@bulla"]
"""
SOURCES = "sources: []\n"
PEOPLE = "people: []\n"
FEED = ("kind: feed", "url: https://example.org/f")
MAIL = "email: ana@example.org"


def parse(brands: str = BRANDS, sources: str = SOURCES, people: str = PEOPLE) -> Config:
    texts = {"brands.yaml": brands, "sources.yaml": sources, "people.yaml": people}
    return parse_config({name: text.encode("utf-8", "surrogatepass") for name, text in texts.items()})


def problems(**texts: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(**texts)
    return str(caught.value).splitlines()


def brand(*lines: str) -> str:
    """brands.yaml with one brand; `lines` begin in line 4."""
    return "brands:\n  - id: bulla\n    name: Bulla\n" + "".join(f"    {line}\n" for line in lines)


def source(*lines: str) -> str:
    """sources.yaml with one source; `lines` begin in line 3."""
    return "sources:\n  - id: news\n" + "".join(f"    {line}\n" for line in lines)


def person(*lines: str) -> str:
    """people.yaml with one person; `lines` begin in line 4."""
    return "people:\n  - id: ana\n    name: Ana\n" + "".join(f"    {line}\n" for line in lines)
