"""A file of texts and the brands that people see in them is matched as live operation would, and scored."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tocsin.config import load_config
from tocsin.evaluate.brands import BrandScores, Matched, names_of, read_brands, score_brands
from tocsin.evaluate.judging import readable
from tocsin.model import RawItem
from tocsin.wiring.evaluating.labelled import Labelled, Progress
from tocsin.wiring.evaluating.language import TEXT

BRANDS = ("brands", "brand", "expected", "expected_brands", "marques", "marque")
_AT = datetime(2015, 2, 22, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BrandsResult:
    """What the matching of a file gave."""

    file: str
    rows: Mapping[str, int]
    strange: Mapping[str, int]
    """Names in the labels that no brand of the config has; they are left out, their rows are not."""
    problems: tuple[str, ...]
    brands: BrandScores


def evaluate_brands(
    path: Path, config: Path, text: str, brands: str, encoding: str, progress: Progress
) -> BrandsResult:
    """Match each text against the brands of `config`; labels name brands by id, name or alias, `;` between them.

    ConfigError, PermanentError: as `Labelled.rows`; also what is wrong in the config.
    """
    from tocsin.enrich.tagger import build_tagger

    watched = load_config(config, need_sources=False)
    tagger = build_tagger(watched.brands, watched.languages, models={})
    known = names_of(watched.brands)
    columns = {"--text": (text,) if text else TEXT, "--brands": (brands,) if brands else BRANDS}
    source = Labelled(path, columns, encoding)
    total = sum(1 for _ in source.rows())
    matched: list[Matched] = []
    strange = Counter[str]()
    for chunk in source.chunks():
        texts = [readable(row["--text"]) for row in chunk]
        tags = tagger.tag([_item(said) for said in texts])
        for row, said, tag in zip(chunk, texts, tags, strict=True):
            expected, others = read_brands(row["--brands"], known)
            strange.update(others)
            matched.append(Matched(row["where"], said, expected, frozenset(tag.brands)))
        progress(source.counts["read"], total)
    scores = score_brands(matched, [brand.id for brand in watched.brands])
    rows = {**source.counts, "judged": len(matched)}
    return BrandsResult(str(path), rows, dict(strange.most_common()), tuple(source.problems), scores)


def _item(text: str) -> RawItem:
    return RawItem("", "file", "file", "", "", text, "", _AT, _AT)
