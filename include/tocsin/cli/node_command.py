"""`tocsin elasticsearch`: a real Elasticsearch on this machine, for as long as it is wanted."""

import time
from typing import Annotated, Literal

import typer
from rich.console import Console

from tocsin.node import Node
from tocsin.processes import StopSignal, stop_signals

# Lines that a pipe or a shell takes as they are: never broken, never coloured by what is in them.
console = Console(soft_wrap=True, highlight=False, markup=False)
errors = Console(stderr=True)


def elasticsearch(
    version: Annotated[Literal["9.4.3", "8.16.6"], typer.Option(help="Which Elasticsearch.")] = "9.4.3",
    security: Annotated[Literal["on", "off"], typer.Option(help="Ask for a user or an API key.")] = "off",
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.", min=0, max=65535)] = 0,
    heap: Annotated[str, typer.Option(help="Java's heap; the process takes some 300 MB more.")] = "512m",
) -> None:
    """Run a real Elasticsearch on this machine, without Docker, until Ctrl-C; then its data are deleted.

    Needs Maven and Java. What it prints are settings: `export` them, and tests and Tocsin use this node.
    What this build lacks: include/docs/elasticsearch.md.
    """
    began = time.monotonic()
    try:
        with stop_signals(), errors.status(f"starting Elasticsearch {version}") as status:
            node = Node(version, secure=security == "on", port=port, heap=heap, told=status.update)
            with node:
                status.stop()
                _show(node, time.monotonic() - began)
                while True:
                    node.check_alive()
                    time.sleep(1)
    except KeyboardInterrupt:
        errors.print("stopped, no process is left")
    except StopSignal as asked:
        raise typer.Exit(128 + asked.number) from None


def _show(node: Node, seconds: float) -> None:
    console.print(f"# Elasticsearch {node.version} answers after {seconds:.0f} s. Ctrl-C stops it.")
    if node.user:
        console.print(f"# user {node.user}   password {node.password}")
    console.print(f"TOCSIN_ELASTICSEARCH_URL={node.address.url}")
    if node.address.api_key:
        console.print(f"TOCSIN_ELASTICSEARCH_API_KEY={node.address.api_key}")
