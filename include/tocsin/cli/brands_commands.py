"""`tocsin brands`: what a query catches and drops, before it watches anything."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from tocsin.errors import ConfigError
from tocsin.model import Brand
from tocsin.wiring import open_app
from tocsin.wiring.brand_trial import (
    Post,
    Tally,
    brand_of,
    find_config,
    posts_given,
    posts_in,
    posts_stored,
    try_brand,
)

if TYPE_CHECKING:
    from tocsin.enrich.explaining import Tried

brands_app = typer.Typer(help="Brands: try out what names them.", no_args_is_help=True)
console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)

AROUND = 70
"""Characters that are shown before the first mark of a long text, and twice as many after it."""
_PARTS = 8
"""Parts that are told in the sum."""


@brands_app.command("try")
def try_(  # noqa: PLR0913, PLR0917 - one option each
    words: Annotated[
        list[str] | None, typer.Argument(help="A query, then texts; with --brand only texts.", show_default=False)
    ] = None,
    brand: Annotated[str | None, typer.Option(help="Id of a brand of brands.yaml, tried as it stands there.")] = None,
    query: Annotated[str | None, typer.Option(help="With --brand: this query in place of its own.")] = None,
    never: Annotated[list[str] | None, typer.Option(help="Words as of `never`, again for more.")] = None,
    stored: Annotated[bool, typer.Option("--stored", help="Try it on all mentions that are stored.")] = False,
    file: Annotated[
        Path | None,
        typer.Option(help="Try it on a CSV, JSONL, Parquet, mbox, WARC or kept feed, packed or not."),
    ] = None,
    column: Annotated[str, typer.Option("--text", help="Its column of texts; default: the usual names.")] = "",
    columns: Annotated[Path | None, typer.Option(help="Its column map, for network, language and address.")] = None,
    config: Annotated[Path | None, typer.Option(help="Folder of brands.yaml; default: TOCSIN_CONFIG.")] = None,
    show: Annotated[int, typer.Option(min=0, help="Texts of each kind that are shown.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per text, and the counts last.")] = False,
) -> None:
    """Show what a query catches, what it drops and why.

    Caught: [named] is where the brand is named, where tone is read. Dropped: the name is there, and below it stands
    why; {this} is what spoke against it. Texts without the name are counted only.

    For example:

    - `tocsin brands try 'orange (forfait* OR 4G) -jus' "Mon forfait Orange" "Un jus d'orange"`
    - `tocsin brands try 'april NEAR/5 assur*' --file reviews.csv.gz --text review`
    - `tocsin brands try --brand orange --stored`: the brand as it is configured, on what is stored
    - `tocsin brands try --brand orange --query 'orange lang:fr' --stored --json`: another query in its place
    - `tocsin brands try '=Total NEAR/8 (essence OU station)' --never 'au total' - < texts.txt`: one text a line

    The language: include/docs/brands.md.
    """
    given = list(words or [])
    wanted = _wanted(given, brand, query, never or [], config)
    if not (given or stored or file):
        raise ConfigError("nothing to try it on: write texts, `-` for standard input, --file or --stored")
    tally = Tally()
    languages = find_config(config).languages if brand or config else ("fr", "en")
    posts = _posts(given, languages, (file, columns, column), stored=stored)
    found = try_brand(wanted, posts, tally)
    if as_json:
        _print_json(found, tally)
    else:
        _print(found, tally, show)


@brands_app.command("compile")
def compile_(
    query: Annotated[str | None, typer.Argument(help="A query; or --brand.", show_default=False)] = None,
    brand: Annotated[str | None, typer.Option(help="Id of a brand of brands.yaml, with its aliases.")] = None,
    config: Annotated[Path | None, typer.Option(help="Folder of brands.yaml; default: TOCSIN_CONFIG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per place.")] = False,
) -> None:
    """Show what each network and Elasticsearch is asked for a query, and what is left to check afterwards.

    Whatever is left is checked by our own matcher when the posts are there, so nothing wrong comes in; on X it was
    paid for. The search of Elasticsearch can be pasted into Kibana's console: `GET tocsin-mentions/_search`.

    For example: `tocsin brands compile 'orange (forfait OR 4G) -jus lang:fr'`
    """
    from tocsin.wiring.brand_asked import asked_for

    for asked in asked_for(_wanted([query] if query else [], brand, None, [], config)):
        if as_json:
            print(json.dumps({"place": asked.place, "questions": asked.questions, "left": asked.left}))
            continue
        console.print(Text(asked.place, style="bold"))
        for question in asked.questions or ("nothing: no post of it could fit",):
            console.print(Text(f"  {_plain(question)}"), soft_wrap=True)
        if asked.left:
            console.print(Text(f"  checked afterwards: {', '.join(asked.left)}", style="yellow"), soft_wrap=True)


def _wanted(given: list[str], brand: str | None, query: str | None, never: list[str], config: Path | None) -> Brand:
    """Give the brand to try; a query is taken off `given`."""
    if brand is not None:
        known = brand_of(find_config(config).brands, brand)
        if query is not None:
            known = replace(known, query=query)
        return replace(known, never=(*known.never, *never))
    text = query if query is not None else given.pop(0) if given else ""
    if not text:
        raise ConfigError("write a query, or --brand with the id of a brand")
    return Brand("query", "query", query=text, never=tuple(never))


def _posts(
    given: list[str], languages: Sequence[str], file: tuple[Path | None, Path | None, str], *, stored: bool
) -> Iterator[Post]:
    path, columns, column = file
    lines = (line.strip() for line in sys.stdin) if given == ["-"] else iter(given)
    yield from posts_given(filter(None, lines), languages)
    if path:
        yield from posts_in(path, columns, column, languages)
    if stored:
        with open_app() as app:
            yield from posts_stored(app.stores.mentions.stream())


def _print_json(found: "Iterator[tuple[str, Tried]]", tally: Tally) -> None:
    for text, tried in found:
        told = {
            "outcome": tried.outcome,
            "text": text,
            "named": tried.named,
            "decided": tried.decided,
            "part": tried.part,
            "reason": tried.reason,
        }
        print(json.dumps(told, ensure_ascii=False))
    print(json.dumps({"counts": dict(tally.outcomes), "dropped_by": dict(tally.dropped_by.most_common())}))


def _print(found: "Iterator[tuple[str, Tried]]", tally: Tally, show: int) -> None:
    for text, tried in found:
        # As many of each kind as are wanted; all are counted.
        if tried.outcome == "silent" or tally.outcomes[tried.outcome.value] > show:
            continue
        style = "green" if tried.outcome == "caught" else "yellow"
        line = Text(f"{tried.outcome:8}", style=f"bold {style}").append_text(_marked(text, tried))
        console.print(line)
        if tried.reason or tried.part:
            console.print(Text(f"         {tried.reason or 'by ' + tried.part}", style="dim"))
    counts = tally.outcomes
    console.print(
        f"{sum(counts.values()):,} texts: {counts['caught']:,} caught, {counts['dropped']:,} dropped, "
        f"{counts['silent']:,} without the name"
    )
    for part, count in tally.dropped_by.most_common(_PARTS):
        console.print(Text(f"  {count:,} dropped by {part}"))


def _marked(text: str, tried: "Tried") -> Text:
    """The text around its first mark, names in [ ], what decided against it in { }."""
    marks = sorted({*((span, "[]", "bold green") for span in tried.named), *_deciding(tried)})
    first = marks[0][0][0] if marks else 0
    begin, end = max(0, first - AROUND), min(len(text), max(first + 2 * AROUND, AROUND * 3))
    shown, at = Text("…" if begin else ""), begin
    for (start, stop), signs, style in marks:
        if at <= start and stop <= end:
            shown.append(_plain(text[at:start])).append(
                f"{signs[0]}{_plain(text[start:stop])}{signs[1]}", style=style
            )
            at = stop
    return shown.append(_plain(text[at:end]) + ("…" if end < len(text) else ""))


def _deciding(tried: "Tried") -> "Iterator[tuple[tuple[int, int], str, str]]":
    """Marks that do not lie over a name: the name is marked already."""
    for start, stop in tried.decided:
        if all(stop <= begin or end <= start for begin, end in tried.named):
            yield (start, stop), "{}", "bold red"


def _plain(text: str) -> str:
    """Text of strangers for a terminal: on one line, without signs that steer it."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
