"""Say everything about a text in the cheap order: brands first, and only what concerns one is read further."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tocsin.enrich.harm import Passage, judge
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
    voices: Voices = field(default_factory=Voices)

    def find(self, items: Sequence[RawItem]) -> "list[tuple[Hit, ...]]":
        """Find the brands in each item's title and text, by all that is known of it."""
        from tocsin.enrich.asking import about

        texts = [full_text(item.title, item.text) for item in items]
        return self.matcher.find_all(texts, [about(item, self.languages.read) for item in items])

    def tag(self, items: Sequence[RawItem]) -> tuple[Tags, ...]:
        """Tag each item, in order. Brands that the source itself names win over those found in the text."""
        texts = [full_text(item.title, item.text) for item in items]
        hits = self.find(items)
        tags = [self._read(item, text, found) for item, text, found in zip(items, texts, hits, strict=True)]
        names = self._name(texts, tags)
        return tuple(replace(tag, entities=found) for tag, found in zip(tags, names, strict=True))

    def _read(self, item: RawItem, text: str, hits: "Sequence[Hit]") -> Tags:
        if item.brands is None:
            brands = tuple(dict.fromkeys(hit.brand for hit in hits))
        else:
            brands = tuple(brand for brand in dict.fromkeys(item.brands) if brand in self.watched)
        if not brands:
            return Tags()
        language = self.languages.read(text, item.language)
        tone, compound = self.tones.read(text, language, [(hit.start, hit.end) for hit in hits])
        judged = judge(Passage(text, item.title, language, tuple(hits)), brands, self.tones)
        return Tags(brands, language, tone, compound, judgements=judged)

    def _name(self, texts: Sequence[str], tags: Sequence[Tags]) -> list[tuple[Entity, ...]]:
        """Find the names of the texts that concern a brand, one language at a time, a repeated text once."""
        found: dict[tuple[str, str], tuple[Entity, ...]] = {}
        wanted = dict.fromkeys((tag.language, text) for tag, text in zip(tags, texts, strict=True) if tag.brands)
        for language in sorted({language for language, _ in wanted}):
            chosen = [text for spoken, text in wanted if spoken == language]
            names = self.finder.find_all(chosen, language)
            found.update({(language, text): name for text, name in zip(chosen, names, strict=True)})
        return [found.get((tag.language, text), ()) for tag, text in zip(tags, texts, strict=True)]


def build_tagger(
    brands: Sequence[Brand],
    languages: Sequence[str],
    thresholds: "Thresholds | None" = None,
    models: Mapping[str, str] | None = None,
) -> Tagger:
    """Build the tools for these brands and languages (ISO 639-1); costs a second, and loads spaCy models when used.

    `models` names spaCy packages by language; empty, no names are looked for; None, what is installed is chosen.
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
    )
