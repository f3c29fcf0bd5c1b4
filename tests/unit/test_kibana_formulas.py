"""A formula brings its hidden columns along: Kibana draws an empty column without a word when one is missing."""

import pytest

from tocsin.kibana.columns import PERCENT
from tocsin.kibana.formulas import Maths, Part, Term, Total, change, documents, formula, ratio, written

NEGATIVE = documents('tone : "negative"')

WRITTEN: dict[str, tuple[Term, str]] = {
    "everything": (documents(), "count()"),
    "some": (NEGATIVE, "count(kql='tone : \"negative\"')"),
    "earlier": (documents(shift="1w"), "count(shift='1w')"),
    "a field": (Part("average", "hour.upper"), "average(hour.upper)"),
    "a share": (ratio(NEGATIVE, documents()), "count(kql='tone : \"negative\"') / count()"),
    "a share of all rows": (ratio(documents(), Total(documents())), "count() / overall_sum(count())"),
    "a change": (change(documents(), "1w"), "(count() / count(shift='1w')) - 1"),
    "brackets on the right": (
        Maths("divide", documents(), change(documents(), "1w")),
        "count() / ((count() / count(shift='1w')) - 1)",
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_formula_is_written_as_the_editor_shows_it(name: str) -> None:
    term, text = WRITTEN[name]
    assert written(term) == text


def test_one_aggregation_needs_no_maths() -> None:
    column = formula("f", "Stories", documents())
    assert [hidden.id for hidden in column.hidden] == column.body["references"] == ["fX0"]


def test_a_change_asks_now_and_earlier_and_computes_with_both() -> None:
    column = formula("f", "Change", change(NEGATIVE, "1w"), PERCENT)
    now, earlier, maths = column.hidden
    assert column.body["references"] == [maths.id]
    assert column.body["params"]["format"] == PERCENT
    assert "timeShift" not in now.body
    assert earlier.body["timeShift"] == "1w"
    assert now.body["filter"] == earlier.body["filter"] == {"query": 'tone : "negative"', "language": "kuery"}
    tree = maths.body["params"]["tinymathAst"]
    assert (tree["name"], tree["args"][0]["name"], tree["args"][0]["args"], tree["args"][1]) == (
        "subtract",
        "divide",
        [now.id, earlier.id],
        1,
    )
    assert maths.body["references"] == [now.id, earlier.id]


def test_a_sum_over_rows_hides_the_count_that_it_adds_up() -> None:
    column = formula("v", "Share of voice", ratio(documents(), Total(documents())))
    above, each, total, maths = column.hidden
    assert total.body["operationType"] == "overall_sum"
    assert total.body["references"] == [each.id]
    assert maths.body["references"] == [above.id, total.id]
