"""English sentences of our own making, rule by rule, and how they must sound: breaking a rule fails here."""

import pytest

from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.model import Tone

NEG, NEU, POS = Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE
READER = ToneReader(Thresholds())

SUITE: dict[str, dict[Tone, tuple[str, ...]]] = {
    "waiting": {
        NEG: (
            "I have been on hold for 3 hours",
            "Still waiting for somebody to call me back",
            "We sat on the tarmac for two hours",
            "Still no news about my parcel",
            "stuck in the lift again",
            "another delay, this time 90 minutes",
            "My order is 3 weeks late",
            "the wait times at your branch are endless",
            "40 minutes on the phone and nobody picks up",
        ),
        NEU: ("The shop opens at nine", "Our meeting is in two hours", "The train leaves for Leeds at 6"),
    },
    "things that fail": {
        NEG: (
            "the app won't load since the update",
            "Your website is down again",
            "can't log in to my account",
            "my router keeps disconnecting every evening",
            "It stopped working after two days",
            "the zip broke on the first day",
            "Screen cracked out of the box",
            "my new kettle leaks",
            "Battery drains in an hour",
            "I get an error message at every payment",
            "fix your app",
        ),
        POS: ("The app works great now", "It works perfectly, setup was painless", "issue resolved within minutes"),
        NEU: ("The app is in version 4 now", "I changed my password on Sunday"),
    },
    "lost and cancelled": {
        NEG: (
            "they lost my bag",
            "Flight cancelled, no explanation",
            "my appointment was canceled twice",
            "The parcel never arrived",
            "half the order is missing",
            "we missed our connection because of you",
            "Cancelled Flightled to Porto",
            "the box came damaged",
        ),
    },
    "nobody answers": {
        NEG: (
            "no response to my three e-mails",
            "I wrote two weeks ago and got no reply",
            "your chat just ignores me",
            "nobody answers the phone",
            "customer service hung up on me",
            "I was transferred 5 times",
            "They refuse to help",
        ),
        POS: ("quick response, very helpful staff", "thank you for the quick reply!"),
    },
    "money": {
        NEG: (
            "I want a refund",
            "this company is a scam",
            "what a rip off",
            "I was overcharged on my last bill",
            "charged me twice for one ticket",
            "it's a waste of money",
            "hidden fees everywhere",
            "another price hike this spring",
        ),
        POS: ("great value for the price", "what a bargain, worth every penny"),
        NEU: ("The ticket costs 40 euros", "I paid by card"),
    },
    "leaving": {
        NEG: (
            "never again",
            "I will never fly with them again",
            "switching to another bank tomorrow",
            "you just lost a customer",
            "do not buy this phone",
            "stay away from this hotel",
            "Cancelling my subscription today",
            "I'm so done with this provider",
            "boycott them",
        ),
    },
    "judging": {
        NEG: (
            "the worst pizza in town",
            "Unacceptable.",
            "do better",
            "get your act together",
            "this is a joke, the staff is clueless",
            "shame on you",
            "The room was filthy and the clerk rude",
            "not impressed",
            "far from happy with the result",
            "I expected better",
            "customer service is nonexistent and useless",
            "Delayed again, what a shambles",
        ),
        POS: (
            "best customer service I have ever had",
            "the crew went above and beyond",
            "top notch room, friendly people",
            "I love my new bike",
            "Highly recommended!",
            "they made my day",
            "can't wait to try it",
            "hats off to the kitchen",
        ),
    },
    "sarcasm": {
        NEG: (
            "thanks for losing my luggage",
            "Great, another delay",
            "Thanks for nothing",
            "love how you ignore your customers",
            "Nice job breaking the site",
            "way to go, you ruined our trip",
            "Wonderful... stuck at the gate again",
            "just what I needed, a dead battery",
            "thank you for cancelling my flight without notice",
            "great job with the delays",
            "Awesome, the app crashed again",
            "So glad I paid extra to sit on a broken seat",
        ),
        POS: (
            "thanks for the lovely evening",
            "Great, see you there!",
            "Brilliant, quick help after the outage, love them!",
            "love how it looks",
            "Nice job on the new site",
            "well done everybody",
            "thank you for helping my mother today",
        ),
    },
    "requests are manners": {
        NEU: (
            "can you help me with my booking?",
            "Could you please tell me the opening hours?",
            "Is there any way to change my seat?",
            "How do I reset my password?",
            "does anyone know if they ship to Spain",
            "Can someone please send me the link?",
            "what time do you open on Monday?",
            "I would like to order two of these",
            "Please let me know when it is available",
            "can you recommend a good restaurant nearby?",
        ),
        NEG: ("can you please fix your broken app?", "could you stop sending me spam?"),
    },
    "rhetorical questions": {
        NEG: (
            "why can't you just answer?",
            "Are you kidding me?",
            "how hard is it to bring a coffee?",
            "is this a joke?",
            "What's the point of booking ahead?",
            "what is wrong with you people",
            "why is it so hard to reach you",
            "WTF is going on with my account",
        ),
    },
    "negation": {
        NEG: (
            "the soup was not good",
            "this isn't working",
            "I don't recommend it",
            "it was never helpful",
            "the upgrade is no improvement",
            "not a great start",
            "again he did not come",
        ),
        NEU: ("he did not come by train",),
        POS: ("not bad at all", "no complaints so far", "I couldn't be happier", "never disappoints"),
    },
    "muted words": {
        NEU: (
            "the number of shares did not change",
            "customer care is on the second floor",
            "it looks like rain",
            "The Foo Fighters play in Leeds on Friday",
            "Taylor Swift sings in Lyon",
            "yesterday evening we saw Courtney Love sing in a bar",
            "like the one on page 4",
            "health care workers meet on Monday",
            "Black Friday starts at midnight",
        ),
    },
    "emoji": {
        NEG: ("my parcel 😡", "👎", "again 🙄", "the update 💩", "🤬🤬"),
        POS: ("my new shoes 😍", "👍", "the view 🥰", "dinner was 👌"),
    },
    "spelling": {
        NEG: ("sooooo baaaad", "I haaaate it", "#WorstServiceEver", "#NeverAgain", "this doesn’t work"),
        POS: ("I loooove it", "#BestDayEver", "greaaat"),
    },
    "news": {
        NEG: (
            "Acme announces 500 layoffs",
            "Shares plunged after the profit warning",
            "Operating profit fell to EUR 3 mn from EUR 5 mn",
            "Bakery recalls bread over glass fragments",
            "Outbreak linked to frozen berries",
            "Net sales decreased by 12 %",
            "Regulator fined the bank",
            "The company swung to a loss",
            "Data breach exposes a million customers",
        ),
        POS: (
            "Operating profit rose to EUR 8 mn from EUR 5 mn",
            "Sales grew by 12 % in the first quarter",
            "The firm won a contract worth EUR 20 mn",
            "Acme returned to profit",
        ),
        NEU: (
            "The company has its head office in Tampere",
            "The annual meeting takes place on 4 May",
            "Acme makes cranes and forklifts",
            "we walked through falling leaves",
        ),
    },
    "comparison": {
        POS: ("much better than my old one", "far better than the cinema"),
        NEG: ("worse than last year", "even slower than before"),
    },
    "one word turns the rest": {
        NEG: (
            "The food was fine but the service was horrible",
            "nice seats, but we were late again and stuck for hours",
        ),
        POS: ("The queue was long but the show was absolutely amazing!",),
    },
}
CASES = [
    pytest.param(text, tone, id=f"{rule}: {text}")
    for rule, by_tone in SUITE.items()
    for tone, texts in by_tone.items()
    for text in texts
]


@pytest.mark.parametrize(("text", "tone"), CASES)
def test_a_sentence_sounds_as_it_is_meant(text: str, tone: Tone) -> None:
    assert READER.read(text, "en")[0] is tone


def test_the_suite_is_broad() -> None:
    assert len(CASES) >= 150
    assert min(sum(case.values[1] is tone for case in CASES) for tone in (NEG, NEU, POS)) >= 25
