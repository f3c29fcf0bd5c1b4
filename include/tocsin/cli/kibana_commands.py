"""`tocsin kibana ...`: the dashboards as files or brought to Kibana, and the links that lead into them."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from tocsin.config import read_settings
from tocsin.errors import ConfigError
from tocsin.kibana.compile import compile_objects, file_name, to_ndjson
from tocsin.kibana.step import Pushed, named
from tocsin.kibana.texts import LANGUAGES
from tocsin.wiring.kibana import brand_link, push_dashboards

kibana_app = typer.Typer(help="Kibana: bring our dashboards there, and lead people to them.", no_args_is_help=True)

Out = Annotated[Path, typer.Option("--out", help="Folder to write to.")]
Prefix = Annotated[str, typer.Option("--prefix", help="Prefix of the indices that the data views read.")]
Space = Annotated[str | None, typer.Option(help="Kibana space; default: TOCSIN_KIBANA_SPACE.", show_default=False)]


@kibana_app.command("compile")
def compile_(out: Out = Path("include/kibana"), prefix: Prefix = "tocsin") -> None:
    """Write the dashboards as files for Kibana's import, one per language: always the same bytes.

    Kibana takes them under Stack Management, Saved Objects, Import. include/docs/kibana.md says what is on them.
    """
    out.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        path = out / file_name(language)
        path.write_text(to_ndjson(compile_objects(language, prefix)), encoding="utf-8", newline="\n")
        typer.echo(str(path))


@kibana_app.command()
def push(
    space: Space = None,
    language: Annotated[Literal["fr", "en", "both"], typer.Option(help="Whose dashboards.")] = "both",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Create or update our data views, saved searches and dashboards in the Kibana of TOCSIN_KIBANA_URL.

    What Kibana holds as we write it is left alone, so a second run changes nothing. Our objects are marked as
    managed: to change a dashboard, clone it; what was changed in ours is set right again, and told. Logs in by
    TOCSIN_KIBANA_API_KEY, or by TOCSIN_KIBANA_USERNAME and TOCSIN_KIBANA_PASSWORD. The dashboards read the indices
    under TOCSIN_ELASTICSEARCH_PREFIX. Exits 1 when Kibana refused an object; the others are there all the same.
    """
    settings = read_settings(_environ(TOCSIN_KIBANA_SPACE=space))
    pushed = push_dashboards(settings, LANGUAGES if language == "both" else (language,), dry_run=dry_run)
    if pushed is None:
        raise ConfigError("no Kibana to push to: set TOCSIN_KIBANA_URL")
    typer.echo(f"Kibana {pushed.version} at {settings.kibana_url}, space {settings.kibana_space}".replace("  ", " "))
    _show(pushed, dry_run)
    if pushed.refused:
        raise typer.Exit(1)


@kibana_app.command()
def link(
    brand: Annotated[str, typer.Option(help="Id or name of the brand, as in brands.yaml.")],
    start: Annotated[str, typer.Option("--from", help="Begin of the time: 2026-11-22T10:00, in TOCSIN_TIME_ZONE.")],
    end: Annotated[
        str | None, typer.Option("--to", help="End of the time; default: now.", show_default=False)
    ] = None,
    language: Annotated[
        Literal["fr", "en"] | None,
        typer.Option(help="Language of the dashboard; default: that of most people.", show_default=False),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Address of Kibana; default: TOCSIN_KIBANA_URL.", show_default=False)
    ] = None,
    space: Space = None,
) -> None:
    """Print the link that opens the Incident dashboard on one brand and one span of time, as it stands in the e-mail.

    Times are ISO 8601: 2026-11-22, 2026-11-22T10:00 or, with a zone of their own, 2026-11-22T09:00Z. Nothing is
    asked of Kibana, and nothing but the link goes to the standard output.
    """
    environ = _environ(TOCSIN_KIBANA_SPACE=space, TOCSIN_KIBANA_URL=url)
    typer.echo(brand_link(brand, start, end, environ=environ, language=language))


def _environ(**given: str | None) -> dict[str, str]:
    """The environment with what the command line says instead; an option is checked as its setting is."""
    return {**os.environ, **{name: value for name, value in given.items() if value is not None}}


def _show(pushed: Pushed, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    for word, objects in (("created", pushed.created), ("updated", pushed.updated)):
        for each in objects:
            typer.echo(f"{would}{word}: {named(each)}")
    typer.echo(f"left alone: {len(pushed.unchanged)}")
    for refused in pushed.refused:
        typer.echo(f"not stored: {named(refused.object)}: {refused.reason}", err=True)
