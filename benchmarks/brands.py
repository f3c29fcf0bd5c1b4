"""What watching more brands costs: texts per second with 10, 100 and 1,000 brands, each with a query, in one run.

Times are of this process alone (CPU seconds) and the best of three, so that neighbours on the machine count little;
what to look at is the ratio. `--spacy` measures the matcher that there was before, spaCy's PhraseMatcher, on the same
names, and `--plain` one regular expression per brand.
"""

import argparse
import random
import re
import time
from collections.abc import Callable, Sequence

from tocsin.enrich.folding import fold
from tocsin.enrich.glance import Glance
from tocsin.enrich.matching import BrandMatcher
from tocsin.model import Brand

SYLLABLES = ("ba", "co", "di", "fel", "gra", "lu", "mi", "nor", "pa", "ri", "sto", "tu", "ven", "zo")
EVERYDAY = ("the network is down again", "le réseau est en panne depuis ce matin", "mon colis n'est jamais arrivé",
            "shares closed higher on Monday", "un accueil parfait et des conseils utiles", "my bill has doubled",
            "le service client ne répond pas", "what a lovely day at the beach with the children")  # fmt: skip
QUERY = (
    '({name} OR "{name} mobile" OR #{name}) (réseau OR network OR client* OR bill) -({name} NEAR/2 beach) -lang:es'
)


def made_up(chance: random.Random, count: int) -> list[str]:
    """Give so many names, all different."""
    names: dict[str, None] = {}
    while len(names) < count:
        names["".join(chance.choices(SYLLABLES, k=4)).title()] = None
    return list(names)


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def by_spacy(names: Sequence[str], texts: Sequence[str]) -> Callable[[], object]:
    import spacy
    from spacy.matcher import PhraseMatcher

    blank = spacy.blank("xx")
    matcher = PhraseMatcher(blank.vocab, attr="LOWER")
    for name in names:
        matcher.add(name, [blank.make_doc(name), blank.make_doc(f"{name} mobile")])

    def work() -> None:
        with blank.memory_zone():
            for text in texts:
                matcher(blank.make_doc(text))

    return work


def by_regexes(names: Sequence[str], texts: Sequence[str]) -> Callable[[], object]:
    patterns = [re.compile(rf"\b{fold(name)}\b") for name in names]
    return lambda: [[pattern.search(plain) for pattern in patterns] for plain in map(fold, texts)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=5_000)
    parser.add_argument("--spacy", action="store_true", help="spaCy's PhraseMatcher on the same names, too")
    parser.add_argument("--plain", action="store_true", help="one regular expression per brand, too")
    chosen = parser.parse_args()
    chance = random.Random(20150222)  # noqa: S311 - made-up names are no secret
    names = made_up(chance, 1_000)
    # One text in ten is about one of the ten brands that are always watched.
    texts = [
        f"{chance.choice(names[:10]) if chance.random() < 0.1 else 'Someone'}: {' '.join(chance.sample(EVERYDAY, 3))}"
        for _ in range(chosen.texts)
    ]
    print(f"{len(texts):,} texts, {sum(map(len, texts)) // len(texts)} characters on average; texts per CPU second")
    ways: dict[str, Callable[[list[str]], Callable[[], object]]] = {
        "queries, one automaton": lambda some: by_queries(some, texts),
        "a glance": lambda some: by_glance(some, texts),
        **({"spaCy's PhraseMatcher": lambda some: by_spacy(some, texts)} if chosen.spacy else {}),
        **({"a regular expression each": lambda some: by_regexes(some, texts)} if chosen.plain else {}),
    }
    print(f"{'':28}" + "".join(f"{count:>10,}" for count in (10, 100, 1_000)) + "   1,000 : 10")
    for way, prepare in ways.items():
        taken = [best(prepare(names[:count])) for count in (10, 100, 1_000)]
        print(f"{way:28}" + "".join(f"{len(texts) / one:10,.0f}" for one in taken) + f"{taken[2] / taken[0]:12.2f}x")


def by_queries(names: Sequence[str], texts: Sequence[str]) -> Callable[[], object]:
    matcher = BrandMatcher([Brand(name.lower(), name, query=QUERY.format(name=name)) for name in names])
    return lambda: matcher.find_all(texts)


def by_glance(names: Sequence[str], texts: Sequence[str]) -> Callable[[], object]:
    glance = Glance([Brand(name.lower(), name, query=QUERY.format(name=name)) for name in names])
    return lambda: [glance(text) for text in texts]


if __name__ == "__main__":
    main()
