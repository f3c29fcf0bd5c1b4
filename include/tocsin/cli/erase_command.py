"""`tocsin erase`: forget an author who asks for it."""

import re
import sys
from typing import Annotated

import typer
from rich.console import Console

from tocsin.config import nearest
from tocsin.errors import ConfigError
from tocsin.index.erasing import Author, Erased
from tocsin.wiring import App, open_app

PSEUDONYM = re.compile(r"[0-9a-f]{24}")

console = Console(highlight=False)


def erase(
    author: Annotated[
        str | None, typer.Option(help="Name as the network shows it; `-` reads it from standard input.")
    ] = None,
    network: Annotated[str | None, typer.Option(help="Where they wrote, as in sources.yaml: web, news ...")] = None,
    pseudonym: Annotated[
        str | None, typer.Option(help="Instead of a name: the pseudonym, `user.hash` in Kibana.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, change nothing.")] = False,
    allow_again: Annotated[
        bool, typer.Option("--allow-again", help="Take this author's posts again; what was erased stays erased.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget an author: delete all that is kept of them, and take nothing of theirs any more.

    Deleted: their mentions, their records in waiting batches and in the archive, their items in quarantine; then the
    store's files are written anew, which may take minutes. Counts in reports, incidents and series stay: they name
    nobody. The name is turned into the pseudonym and forgotten; neither log nor store gets it. Stopped in the middle,
    run it again. include/docs/privacy.md says more.

    Example: `tocsin erase --author - --network web --yes < name.txt`
    """
    if author == "-" and not (yes or dry_run or allow_again):
        raise ConfigError("--author - takes standard input, so nothing can be asked: add --yes or --dry-run")
    name = _name(author, network, pseudonym)
    with open_app() as app:
        who = _who(app, name, network, pseudonym)
        if allow_again:
            known = app.stores.erasures.remove(who.pseudonym)
            console.print(f"author {who.pseudonym}: " + ("taken again from now on" if known else "was not refused"))
            return
        if dry_run:
            _tell(who, "would be erased", app.keeper.find(who))
            return
        if not yes:
            _tell(who, "would be erased", app.keeper.find(who))
            typer.confirm("Erase this for good, and take nothing more of this author?", abort=True)
        erased = app.keeper.erase(who)
        _tell(who, "erased", erased)
        with console.status("deleted text leaves the store's files ..."):
            clean = app.stores.erasures.scrub()
    if not clean:
        console.print(
            "Not yet out of the store's files: somebody still reads there. Run the same command again later."
        )
    if erased.unreadable or not clean:
        raise typer.Exit(1)


def _name(author: str | None, network: str | None, pseudonym: str | None) -> str:
    """The name asked for, read from standard input if need be; empty when a pseudonym was given."""
    if (author is None) == (pseudonym is None):
        raise ConfigError("say whom: --author NAME --network NETWORK, or --pseudonym HASH")
    if pseudonym is not None:
        if not PSEUDONYM.fullmatch(pseudonym):
            raise ConfigError("a pseudonym is 24 hexadecimal digits, as `user.hash` shows it in Kibana")
        return ""
    if not network:
        raise ConfigError("say on which network with --network: the same name is another author elsewhere")
    name = sys.stdin.readline() if author == "-" else author or ""
    if not name.strip():
        raise ConfigError("the name is empty: posts that nobody signed are nobody's to erase")
    return name


def _who(app: App, name: str, network: str | None, pseudonym: str | None) -> Author:
    if pseudonym is not None:
        return Author(pseudonym)
    known = sorted({source.network for source in app.config.sources})
    if network not in known:
        # Not an error: an archive's rows may name networks of their own, and sources come and go.
        typer.echo(f"note: no source has this network{nearest(network or '', known)}", err=True)
    who = app.keeper.author(name, network or "")
    if not who.pseudonym:
        raise ConfigError("the name holds nothing to be seen: posts that nobody signed are nobody's to erase")
    return who


def _tell(who: Author, what: str, found: Erased) -> None:
    counts = ", ".join(f"{number} in {place}" for place, number in found.counts.items() if number)
    console.print(f"author {who.pseudonym}: {what}: {counts or 'nothing is kept'}")
    for batch in found.unreadable:
        console.print(f"  {batch} is damaged and cannot be looked into: restore it or delete it", markup=False)
