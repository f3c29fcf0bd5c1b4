"""Looking at a site for what can be read of it, as the command does, and adding what was chosen."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from tocsin.adapters.polite import SPACING
from tocsin.collect.discover import Asking, Candidate, Discovery, discover
from tocsin.collect.identity import canonical_url
from tocsin.config import Config, Settings, load_config, read_settings
from tocsin.config.adding import NewSource, add_sources, new_id
from tocsin.enrich.tags import UNKNOWN
from tocsin.model import SourceKind
from tocsin.wiring.outside import SystemClock
from tocsin.wiring.pages import polite_web


def look_at(environ: Mapping[str, str], address: str, *, spacing: float = SPACING) -> Discovery:
    """Find what can be read of the site at this address; no store is opened. ConfigError: settings or files."""
    settings = read_settings(environ)
    config = load_config(settings.config)
    return asyncio.run(_look(address, settings, config, spacing))


async def _look(address: str, settings: Settings, config: Config, spacing: float) -> Discovery:
    from tocsin.enrich.language import LanguageReader

    reader = LanguageReader(config.languages)

    def language_of(text: str) -> str | None:
        found = reader.read(text)
        return None if found == UNKNOWN else found

    async with polite_web(settings, spacing=spacing) as fetcher:
        asking = Asking(
            fetcher=fetcher,
            robots=fetcher.robots,
            known=_read_already(settings.config),
            language_of=language_of,
            now=SystemClock().now(),
            zone=ZoneInfo(settings.time_zone),
        )
        return await discover(address, asking)


def _read_already(folder: Path) -> dict[str, str]:
    """Canonical addresses in sources.yaml, at rest or not, with the ids; the file was found right before."""
    held = yaml.safe_load((folder / "sources.yaml").read_bytes())["sources"] or []
    return {canonical_url(entry.get("url") or ""): entry["id"] for entry in held}


def add(environ: Mapping[str, str], chosen: Sequence[Candidate]) -> tuple[Path, list[str]]:
    """Write the chosen ones into sources.yaml, but not what is read already; give its path and the new ids."""
    folder = read_settings(environ).config
    config = load_config(folder)
    taken = {*(source.id for source in config.sources), *config.resting}
    entries = []
    for candidate in chosen:
        if candidate.known_as:
            continue
        name = new_id(candidate.url, taken, "archive" if candidate.kind is SourceKind.ARCHIVE else "")
        taken.add(name)
        is_news = candidate.found == "news sitemap"
        entries.append(
            NewSource(
                name,
                candidate.kind.value,
                candidate.url,
                "news" if is_news else "",
                candidate.language or "",
                candidate.title,
            )
        )
    if entries:
        add_sources(folder, entries)
    return folder / "sources.yaml", [entry.id for entry in entries]
