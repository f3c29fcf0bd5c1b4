"""`tocsin config`: say whether the configuration is right before anything runs on it."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.config import Config, Settings, load_config, read_settings, write_schemas
from tocsin.errors import ConfigError

config_app = typer.Typer(help="Check the configuration, and write what editors check it with.", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Option("--config", help="Folder of the YAML files; default: TOCSIN_CONFIG.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write to; default: schema beside the YAML files.")]


@config_app.command()
def check(config: Folder = None) -> None:
    """Check settings, brands.yaml, sources.yaml and people.yaml: a summary and `ok`, or every problem with its line.

    Exits 0 when all is right and 2 when not. A folder without sources.yaml is right when it is named by --config:
    a replay needs none. Copy include/config to begin; include/docs/configuration.md explains every key.
    """
    problems: list[str] = []
    settings: Settings | None = None
    found: Config | None = None
    try:
        settings = read_settings(os.environ)
    except ConfigError as exc:
        problems.append(str(exc))
    folder = config or (settings.config if settings else None)
    try:
        found = load_config(folder, need_sources=config is None) if folder else None
    except ConfigError as exc:
        problems.append(str(exc))
    if problems or found is None or settings is None:
        typer.echo("\n".join(problems), err=True)
        raise typer.Exit(2)
    _show(found, folder, settings)


@config_app.command()
def schema(out: Out = None) -> None:
    """Write the JSON Schemas of the YAML files, for completion and checks in editors."""
    for path in write_schemas(out or read_settings(os.environ).config / "schema"):
        typer.echo(str(path))


def _show(config: Config, folder: Path | None, settings: Settings) -> None:
    names = {brand.id: brand.name for brand in config.brands}
    table = Table("what", "how many", "which", title=Text(f"Configuration of {folder}"))
    table.add_row("languages", str(len(config.languages)), ", ".join(config.languages))
    table.add_row("brands", str(len(names)), Text(", ".join(names.values())))
    read = [f"{source.id} (every {_short(source.every.total_seconds())})" for source in config.sources]
    table.add_row("sources", str(len(read)), ", ".join(read))
    table.add_row("sources at rest", str(len(config.resting)), ", ".join(config.resting))
    for person in config.people:
        about = ", ".join(names[brand] for brand in person.brands) or "every brand"
        words = f"{person.name} <{person.email}>, {person.language}: {about}, from {person.severity.name.lower()}"
        table.add_row("person", "", Text(words))
    Console().print(table)
    for sentence in config.advice(settings.keep_mentions):
        typer.echo(f"note: {sentence}")
    typer.echo("ok")


def _short(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
