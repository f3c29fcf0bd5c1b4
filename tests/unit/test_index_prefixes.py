"""Two teams on one Elasticsearch: no prefix that we take lies in what another one calls its own."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.adapters.elastic.indices import Indices
from tocsin.errors import PermanentError
from tocsin.index import schema

# Words that meet our names wherever they can.
WORDS = st.sampled_from(["tocsin", "b", "v2", "moved", "2026", *schema.KINDS])
PREFIXES = (
    st.lists(WORDS, min_size=1, max_size=4).map("-".join).filter(lambda prefix: not schema.prefix_problem(prefix))
)


def indices_of(prefix: str) -> list[str]:
    """Every index that we ever make under a prefix."""
    single = [schema.alias(kind, prefix) for kind in schema.KINDS if kind not in schema.MONTHLY]
    months = [schema.month_index(prefix, "2026.11", kind) for kind in schema.MONTHLY]
    moved = [f"{prefix}-moved-{kind}-2026.11-v2-269250" for kind in schema.MONTHLY]
    return [*single, *months, *moved]


@given(PREFIXES, PREFIXES)
def test_no_index_is_under_two_prefixes(ours: str, theirs: str) -> None:
    assert all(schema.is_under(index, ours) for index in indices_of(ours))
    if ours == theirs:
        return
    patterns = [*(part for kind in schema.KINDS for part in schema.template(kind, ours)["index_patterns"])]
    patterns += [f"{ours}-{kind}-*" for kind in (*schema.MONTHLY, schema.MOVED)]
    for index in indices_of(theirs):
        assert not schema.is_under(index, ours)
        assert not any(fnmatchcase(index, pattern) for pattern in patterns), (index, patterns)


@pytest.mark.parametrize("prefix", ["tocsin-moved", "tocsin-mentions", "tocsin-ids-b", "a-b-series"])
def test_a_prefix_that_would_is_refused(prefix: str) -> None:
    assert schema.prefix_problem(prefix)
    with pytest.raises(PermanentError, match="names an index of another prefix"):
        Indices(None, prefix)  # type: ignore[arg-type]  # refused before anybody is asked
