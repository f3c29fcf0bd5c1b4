"""The public labelled sets that our figures are taken on: where labels are, and which part nothing was tuned on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToneSet:
    """One set of texts with tones; `only` is the part that is judged, empty for all of it."""

    name: str
    file: str
    language: str
    text: str = "text"
    label: str = "label"
    labels: str = ""
    target: str = ""
    only: tuple[str, str] = ("", "")


_TARGETS = "sentiment_en_target_dependent.csv.gz"
_NO_MIDDLE = "1=negative,2=negative,4=positive,5=positive"
"""Three stars are neither."""

TONE_SETS = (
    ToneSet("English tweets (val)", "sentiment_en_tweets_umsab.csv.gz", "en", only=("split", "val")),
    ToneSet("French tweets (val)", "sentiment_fr_tweets_umsab.csv.gz", "fr", only=("split", "val")),
    ToneSet("French reviews of series (dev)", "sentiment_fr_allocine_tv.csv.gz", "fr", only=("split", "dev")),
    ToneSet(
        "French reviews of insurers",
        "brand_reviews_fr_insurance_2016_2021.csv.gz",
        "fr",
        text="text_fr",
        label="stars",
        labels=_NO_MIDDLE,
    ),
    ToneSet("Tweets to US airlines", "crisis_us_airlines_2015.csv.gz", "en"),
    ToneSet("Tweets about Apple and Google", "sentiment_en_sanders_brands.csv.gz", "en"),
    ToneSet("Tweets towards a product", "sentiment_en_brand_product_emotions.csv.gz", "en", target="target"),
    ToneSet("Tweets towards a person or thing", _TARGETS, "en", target="target", only=("domain", "twitter")),
    ToneSet("Reviews towards a part of a laptop", _TARGETS, "en", target="target", only=("domain", "laptops")),
    ToneSet(
        "Reviews towards a part of a restaurant", _TARGETS, "en", target="target", only=("domain", "restaurants")
    ),
    ToneSet("Business news", "sentiment_en_financial_phrasebank.csv.gz", "en"),
    ToneSet("Tweets rated by twenty people", "sentiment_en_vader_gold_tweets.csv.gz", "en", label="mean_human_-4_4"),
)

LANGUAGE_SET = "langid_short_texts.csv.gz"
PAIR_SET = "dedup_msr_news_pairs.csv.gz"
REPEAT_SET = BRAND_SET = "crisis_us_airlines_2015.csv.gz"
