"""A brand, or a query that may become one, is tried on texts: given ones, those of a file, those that are stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.adapters.files import LocalArchive
from tocsin.collect.read_file import LONG_AGO, read_rows
from tocsin.config import Config, load_config, nearest, shown
from tocsin.errors import ConfigError
from tocsin.model import Brand, Mention, RawItem, Source, SourceKind, full_text
from tocsin.wiring.trial import find_map

if TYPE_CHECKING:
    from tocsin.enrich.asking import About
    from tocsin.enrich.explaining import Tried

TEXT_COLUMNS = ("text", "texte", "sentence", "tweet", "content", "body", "message", "review", "avis")


@dataclass
class Tally:
    """What a trial came to so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    dropped_by: Counter[str] = field(default_factory=Counter)
    """By the part of the query that decided."""

    def count(self, tried: "Tried") -> None:
        """Count one text."""
        self.outcomes[tried.outcome.value] += 1
        if tried.reason:
            self.dropped_by[tried.part] += 1


Post = tuple[str, "About"]


def find_config(folder: Path | None) -> Config:
    """Read the config of this folder, or of the settings. ConfigError: as of `load_config`."""
    if folder is None:
        import os

        from tocsin.config import read_settings

        folder = read_settings(os.environ).config
    return load_config(folder, need_sources=False)


def brand_of(brands: Sequence[Brand], name: str) -> Brand:
    """Find a brand by its id. ConfigError: there is none; it names the nearest."""
    known = {brand.id: brand for brand in brands}
    if name not in known:
        raise ConfigError(f"brands.yaml has no brand {shown(name)}{nearest(name, list(known))}")
    return known[name]


def posts_given(texts: Iterable[str], languages: Sequence[str]) -> Iterator[Post]:
    """Give texts with nothing known of them but the language that we read in them."""
    from tocsin.enrich.asking import About
    from tocsin.enrich.language import LanguageReader

    reader = LanguageReader(languages)
    for text in texts:
        yield text, About("file", language=partial(reader.read, text))


def posts_in(path: Path, columns: Path | None, column: str, languages: Sequence[str]) -> Iterator[Post]:
    """Stream the posts of a file: by its column map as a source would read it, a bare table by its texts alone.

    Rows that cannot be read are passed over. ConfigError, PermanentError: as of a source of kind file.
    """
    from tocsin.enrich.asking import about
    from tocsin.enrich.language import LanguageReader

    archive = LocalArchive()
    found = find_map(archive, path, columns)
    if found is None:
        yield from posts_given(texts_in(path, column), languages)
        return
    reader, source = LanguageReader(languages), Source(path.name, SourceKind.FILE, str(path), network="file")
    rows = archive.rows(str(path), found.form)
    for item in read_rows(rows, found, source, LONG_AGO, lambda author, _network: author):
        if isinstance(item, RawItem):
            yield full_text(item.title, item.text), about(item, reader.read)


def texts_in(path: Path, column: str) -> Iterator[str]:
    """Stream the texts of a CSV, JSON Lines or Parquet file. ConfigError, PermanentError: as of `Labelled.rows`."""
    from tocsin.evaluate.judging import readable
    from tocsin.wiring.evaluating.labelled import Labelled

    for row in Labelled(path, {"--text": (column,) if column else TEXT_COLUMNS}).rows():
        yield readable(row["--text"])


def posts_stored(mentions: Iterable[Mention]) -> Iterator[Post]:
    """Give stored mentions with all that is known of them."""
    from tocsin.enrich.asking import About

    for one in mentions:
        yield one.text_of, About(one.network, one.source_id, one.url, partial(str, one.language))


def try_brand(brand: Brand, posts: Iterable[Post], tally: Tally) -> Iterator[tuple[str, "Tried"]]:
    """Try each post in turn and count it. ConfigError: the query cannot be read, or a pattern is no regex."""
    from tocsin.enrich.explaining import Explainer

    explainer = Explainer(brand)
    for text, about in posts:
        tried = explainer.explain(text, about)
        tally.count(tried)
        yield text, tried
