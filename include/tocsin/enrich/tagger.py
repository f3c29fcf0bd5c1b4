"""Say everything about a text in the cheap order: brands first, and only what concerns one is read further."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from tocsin.enrich.harm import judge
from tocsin.enrich.harm_words import CrisisWord, CrisisWords, crisis_words, shipped
from tocsin.enrich.passage import Passage
from tocsin.enrich.recall import Recall, digest
from tocsin.enrich.tags import Tags
from tocsin.enrich.voices import Voices
from tocsin.model import Brand, Entity, RawItem, full_text

if TYPE_CHECKING:  # spaCy and the language model cost seconds; who only names a Tagger does not pay them
    from tocsin.enrich.entities import EntityFinder
    from tocsin.enrich.language import LanguageReader
    from tocsin.enrich.matching import BrandMatcher, Hit
    from tocsin.enrich.tone import Thresholds, ToneReader


@dataclass(frozen=True, slots=True)
class Tagger:
    """The tools of enrichment, built once per process by `build_tagger`."""

    watched: frozenset[str]
    matcher: "BrandMatcher"
    languages: "LanguageReader"
    tones: "ToneReader"
    finder: "EntityFinder"
    crisis: CrisisWords = field(default_factory=shipped, compare=False, repr=False)
    voices: Voices = field(default_factory=Voices)
    recall: Recall = field(default_factory=Recall, compare=False, repr=False)

    def find(self, items: Sequence[RawItem]) -> "list[tuple[Hit, ...]]":
        """Find the brands in each item's title and text, by all that is known of it."""
        from tocsin.enrich.asking import about

        texts = [full_text(item.title, item.text) for item in items]
        return self.matcher.find_all(texts, [about(item, self.languages.read) for item in items])

    def tag(self, items: Sequence[RawItem]) -> tuple[Tags, ...]:
        """Tag each item, in order. Brands that the source itself names win over those found in the text.

        A text that was judged before, for the same brands at the same places, is not judged again.
        """
        asked = [self._ask(item, found) for item, found in zip(items, self.find(items), strict=True)]
        keys = [digest(one) for one in asked]
        said = {key: self.recall.of(key) for key in keys}
        fresh = {key: one for key, one in zip(keys, asked, strict=True) if said[key] is None}
        for key, tags in zip(fresh, self._judge(list(fresh.values())), strict=True):
            said[key] = tags
            if tags.brands:
                self.recall.keep(key, tags)
        return tuple(said[key] or Tags() for key in keys)

    def _ask(self, item: RawItem, hits: "tuple[Hit, ...]") -> "_Asked":
        named = dict.fromkeys(hit.brand for hit in hits) if item.brands is None else dict.fromkeys(item.brands)
        brands = tuple(brand for brand in named if brand in self.watched)
        day = self.crisis.since(item.published_at.date())
        return _Asked(full_text(item.title, item.text), item.title, item.language, brands, hits, day)

    def _judge(self, asked: "Sequence[_Asked]") -> list[Tags]:
        tags = [self._read(one) if one.brands else Tags() for one in asked]
        names = self._name([one.text for one in asked], tags)
        return [replace(tag, entities=found) for tag, found in zip(tags, names, strict=True)]

    def _read(self, asked: "_Asked") -> Tags:
        language = self.languages.read(asked.text, asked.declared)
        tone, compound = self.tones.read(asked.text, language, [(hit.start, hit.end) for hit in asked.hits])
        passage = Passage(asked.text, asked.title, language, asked.hits, asked.day, (tone, compound))
        judged = judge(passage, asked.brands, self.tones, self.crisis)
        return Tags(asked.brands, language, tone, compound, judgements=judged)

    def _name(self, texts: Sequence[str], tags: Sequence[Tags]) -> list[tuple[Entity, ...]]:
        """Find the names of the texts that concern a brand, one language at a time."""
        found: list[tuple[Entity, ...]] = [() for _ in texts]
        for language in sorted({tag.language for tag in tags if tag.brands}):
            chosen = [at for at, tag in enumerate(tags) if tag.brands and tag.language == language]
            names = self.finder.find_all([texts[at] for at in chosen], language)
            for at, name in zip(chosen, names, strict=True):
                found[at] = name
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that a text's tags depend on."""

    text: str
    title: str
    declared: str | None
    brands: tuple[str, ...]
    hits: "tuple[Hit, ...]"
    day: date
    """Since when the crisis words of its day count: the same for years, so that a copy of last week is known."""


def build_tagger(
    brands: Sequence[Brand],
    languages: Sequence[str],
    thresholds: "Thresholds | None" = None,
    models: Mapping[str, str] | None = None,
    crisis: Sequence[CrisisWord] = (),
) -> Tagger:
    """Build the tools for these brands and languages (ISO 639-1); costs a second, and loads spaCy models when used.

    `models` names spaCy packages by language; empty, no names are looked for; None, what is installed is chosen.
    `crisis` are words for a harm beside those that come with the product.
    ConfigError: a pattern is no regex, a language is not known.
    """
    from tocsin.enrich.entities import EntityFinder, choose_models
    from tocsin.enrich.language import LanguageReader
    from tocsin.enrich.matching import BrandMatcher
    from tocsin.enrich.tone import Thresholds, ToneReader

    return Tagger(
        watched=frozenset(brand.id for brand in brands),
        matcher=BrandMatcher(brands),
        languages=LanguageReader(languages),
        tones=ToneReader(thresholds or Thresholds()),
        finder=EntityFinder(choose_models(languages) if models is None else models, brands),
        crisis=crisis_words(crisis) if crisis else shipped(),
    )
