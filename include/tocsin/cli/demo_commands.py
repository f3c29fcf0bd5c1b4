"""`tocsin demo`, `tocsin newsroom` and `tocsin up`: what runs until Ctrl-C."""

import os
import secrets
import time
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

import tocsin
from tocsin.config import AIRFLOW_STORE, load_config, read_settings
from tocsin.demo.broadcast import Place, broadcast
from tocsin.demo.play import play_demo
from tocsin.demo.screen import Screen
from tocsin.errors import ConfigError, TocsinError
from tocsin.processes import StopSignal, stop_signals
from tocsin.standalone import Standalone, StandaloneError, airflow_environment, free_ports, known_password
from tocsin.wiring import open_app

_PROJECT = Path(tocsin.__file__).resolve().parents[2]


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the e-mail: 0 when it arrived, 1 when not.")
    ] = False,
    home: Annotated[Path, typer.Option(help="Folder for all that the demo writes; emptied first.")] = Path(
        ".tocsin/demo"
    ),
    store: Annotated[
        Literal["sqlite", "elasticsearch"],
        typer.Option(help="Where it stores: a file, or Elasticsearch: that of TOCSIN_STORE, else a node of its own."),
    ] = "sqlite",
) -> None:
    """Watch a crisis being caught: a local newsroom, the whole pipeline on a real Airflow, the e-mail.

    Nothing leaves this machine, but to an Elasticsearch that TOCSIN_STORE names elsewhere, where it takes a prefix of
    its own. A node of its own needs Maven and Java. Ctrl-C stops every process that was started.
    """
    screen = Screen(Console())
    try:
        play_demo(home, _PROJECT, os.environ, screen, once=once, store=store)
    except KeyboardInterrupt:
        raise typer.Exit(0 if screen.picture.mails and not once else 130) from None
    except StopSignal as asked:
        raise typer.Exit(128 + asked.number) from None


def newsroom(
    config: Annotated[Path, typer.Option(help="Folder for the config that reads these feeds.")] = Path(
        ".tocsin/newsroom"
    ),
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8090,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 inside a container.")] = "127.0.0.1",
    feeds_at: Annotated[str, typer.Option(help="Where Tocsin finds the feeds, when not on this machine.")] = "",
    pace: Annotated[float, typer.Option(help="Seconds from one chapter of the story to the next.", min=0)] = 60.0,
) -> None:
    """Publish the demo's story as feeds, a chapter a minute, for a Tocsin that runs elsewhere; until Ctrl-C.

    It writes a config that reads the feeds: run `tocsin up`, or any step, with TOCSIN_CONFIG set to its folder. A
    restart goes on with the same story; delete the folder to have it told anew. docker-compose.yml uses it.
    """
    console = Console(soft_wrap=True, highlight=False, markup=False)
    scenario = _PROJECT / "include" / "scenarios" / "citrombelle"
    try:
        with stop_signals():
            broadcast(scenario, config, Place(host, port, feeds_at), pace, console.print)
    except KeyboardInterrupt:
        console.print("stopped")
    except StopSignal as asked:
        raise typer.Exit(128 + asked.number) from None


def up(
    port: Annotated[int, typer.Option(help="Port of the Airflow UI; another is taken when it is busy.")] = 8080,
) -> None:
    """Run Tocsin with your own config and settings on a real Airflow of this machine, until Ctrl-C.

    Settings come from the environment or from .env, see .env.example; the folder of brands.yaml, sources.yaml and
    people.yaml is TOCSIN_CONFIG. What runs, what is written where: include/docs/operations.md.
    """
    if not (_PROJECT / "dags").is_dir():
        raise ConfigError(f"{_PROJECT / 'dags'} is missing; tocsin up runs from a clone of the project")
    console = Console()
    settings = read_settings(os.environ)
    advice = load_config(settings.config).advice()
    if settings.store != AIRFLOW_STORE:  # That one can be looked up only where Airflow runs.
        with open_app():
            pass  # What cannot be opened is said here, not by each task.
    for sentence in advice:
        console.print(f"Note: {sentence}", style="yellow")
    password = known_password(settings.home) or secrets.token_urlsafe(9)
    base = os.environ | {"TOCSIN_HOME": str(settings.home), "TOCSIN_CONFIG": str(settings.config)}
    environment = airflow_environment(settings.home, _PROJECT, ports=free_ports(port), password=password, base=base)
    try:
        with stop_signals(), Standalone(environment, settings.home / "airflow.log") as standalone:
            console.print(f"starting Airflow, log in {standalone.log} ...")
            standalone.wait_healthy()
            console.print(f"[bold]{standalone.url}[/]   user admin   password {password}   Ctrl-C stops everything")
            run_until_asked(standalone, console)
    except StandaloneError as exc:
        raise TocsinError(f"{exc}\n{exc.tail}\nThe whole log: {settings.home / 'airflow.log'}") from exc
    except KeyboardInterrupt:
        console.print("stopped, no process is left")
    except StopSignal as asked:
        raise typer.Exit(128 + asked.number) from None


def run_until_asked(standalone: Standalone, console: Console) -> None:
    """Wait while Airflow lives; say that it is being stopped, since that takes longer than people wait in silence."""
    try:
        while True:
            standalone.check_alive()
            time.sleep(1)
    except (KeyboardInterrupt, StopSignal):
        console.print("stopping Airflow, up to 20 s ...")
        raise
