"""`tocsin counts`: the numbers behind the alarm, for a spreadsheet."""

import csv
import sys
from datetime import timedelta
from typing import Annotated, Literal

import typer

from tocsin.wiring import open_app
from tocsin.wiring.kibana import find_brand
from tocsin.wiring.span import window_between

STEPS = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1), "1d": timedelta(days=1)}
HEAD = ("brand", "begins", "negative_posts", "stories", "authors")


def counts(
    brand: Annotated[
        list[str] | None,
        typer.Option(help="Id or name of a brand, again for more; default: all.", show_default=False),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", help="Begin: 2026-11-22T10:00, in TOCSIN_TIME_ZONE; default: a day before the end."),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="End, not included; default: now.", show_default=False)
    ] = None,
    step: Annotated[Literal["5m", "1h", "1d"], typer.Option(help="Length of a piece of time.")] = "1h",
) -> None:
    """Print the negative posts of each brand and piece of time as CSV, with their distinct stories and authors.

    Pieces begin at whole steps in UTC, as `begins` says; those without a negative post are left out.
    """
    with open_app() as app:
        window = window_between(start, end, app.settings.time_zone)
        brands = app.config.brands
        asked = [find_brand(each, brands) for each in brand] if brand else brands
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(HEAD)
        for one in app.stores.mentions.buckets(window, [each.id for each in asked], STEPS[step]):
            rows.writerow((one.brand, f"{one.at:%Y-%m-%dT%H:%MZ}", one.negatives, one.stories, one.authors))
