"""How many sentences a second each language's ear reads, beside the vaderSentiment package reading English.

Sentences are made up here, of the same length in both languages, or read from CSVs with a column `text`:
`python benchmarks/tone.py --fr FR.csv.gz --en EN.csv.gz`. Times are of this process alone (CPU seconds); each is the
best of five, for neighbours on the machine slow down rather than speed up.
"""

import argparse
import csv
import gzip
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from tocsin.enrich.sentences import sentence_spans
from tocsin.enrich.tone import own_ears

COUNT = 4_000
SHORTEST, LONGEST = 60, 150
"""Characters of the sentences that are compared."""

SPOKEN = {
    "fr": ("Toujours pas de nouvelles de mon colis {} et personne ne répond, j'en ai vraiment marre !",
           "Merci à toute l'équipe {} pour un accueil parfait et des conseils vraiment utiles",
           "La société {} présente ses comptes au siège ce lundi matin devant la presse réunie",
           "Le service {} n'est pas mauvais, mais l'attente est trop longue et le prix a doublé"),
    "en": ("Still no news of my parcel from {} and nobody ever answers, I am so tired of this!",
           "Thanks to the whole team at {} for a lovely welcome and really useful advice today",
           "The company {} presents its annual accounts at its head office this Monday morning",
           "The service of {} is not bad at all, but the wait is too long and the price doubled"),
}  # fmt: skip


def made_up(language: str) -> list[str]:
    chance = random.Random(20261129)  # noqa: S311 - made-up sentences are no secret
    names = ["".join(chance.choices("abcdeilmnorstu", k=7)) for _ in range(COUNT)]
    return [chance.choice(SPOKEN[language]).format(name) for name in names]


def read(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    found = (text[start:end] for text in texts for start, end in sentence_spans(text))
    return [sentence for sentence in found if SHORTEST <= len(sentence) <= LONGEST][:COUNT]


def rate(work: Callable[[str], object], sentences: Sequence[str]) -> float:
    times = []
    for _ in range(5):
        began = time.process_time()
        for sentence in sentences:
            work(sentence)
        times.append(time.process_time() - began)
    return len(sentences) / min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fr", type=Path)
    parser.add_argument("--en", type=Path)
    chosen = parser.parse_args()
    french = read(chosen.fr) if chosen.fr else made_up("fr")
    english = read(chosen.en) if chosen.en else made_up("en")
    ears = own_ears()
    package = SentimentIntensityAnalyzer()
    print("sentences per CPU second")
    for name, work, sentences in (
        ("French, our rules", ears["fr"].score, french),
        ("English, our rules", ears["en"].score, english),
        ("English, vaderSentiment", package.polarity_scores, english),
    ):
        length = sum(map(len, sentences)) // len(sentences)
        print(f"{name:26} {rate(work, sentences):10,.0f}  ({length} characters on average)")


if __name__ == "__main__":
    main()
