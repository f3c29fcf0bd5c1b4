"""Queries and texts for property tests, out of few words, so that they often meet."""

from hypothesis import strategies as st

WORDS = ("orange", "Orange", "ORANGE", "jus", "télé", "telecom", "l'oréal", "loreal", "Air", "France", "panne", "42")
TERMS = (*WORDS, "=Orange", '"air france"', "#orange", "@airfrance", "téle*", '"l\'oré*"', '="L\'Oréal"', "=téle*")
FIELDS = ("lang:fr", "lang:und", "network:news", "site:example.org", "source:blog")

_TERM = st.sampled_from(TERMS)
_PLACES = st.recursive(
    _TERM,
    lambda below: st.one_of(
        st.lists(below, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        st.tuples(below, st.sampled_from(["", "NOT "]), st.integers(1, 4), below).map(
            lambda found: f"({found[0]} {found[1]}NEAR/{found[2]} {found[3]})"
        ),
    ),
    max_leaves=4,
)
_PARTS = st.recursive(
    st.one_of(_PLACES, st.sampled_from(FIELDS)),
    lambda below: st.one_of(
        st.lists(below, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        st.lists(below, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from("+-"), below).map("".join),
    ),
    max_leaves=6,
)
QUERIES = st.tuples(_PLACES, st.lists(_PARTS, max_size=3), st.booleans()).map(
    lambda found: " ".join([*found[1], found[0]] if found[2] else [found[0], *found[1]])
)
"""Queries that can be read."""

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(
            ["l’Ore\u0301al", "#", "@", "#Orange", "@AirFrance", "TÉLECOMS", "oeil", "cœur", ",", "!", "-", "'"]
        ),
        st.sampled_from(["https://orange.example/jus", "\u200b", "du"]),
    ),
    max_size=14,
).flatmap(lambda words: st.sampled_from([" ", "  ", "\n", ""]).map(lambda gap: gap.join(words)))
"""Texts about the words of these queries."""
