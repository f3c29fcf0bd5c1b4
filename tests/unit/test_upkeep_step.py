"""Upkeep tidies each kind on its own: one that fails stops no other, and the result says so."""

import pytest

from tocsin.errors import PermanentError, TransientError
from tocsin.upkeep.step import Tidied


def test_an_upkeep_where_all_went_well_refuses_nothing() -> None:
    Tidied({"mentions": 3}, {}).refuse_failed()


def test_another_try_is_worth_it_when_one_failure_may_pass() -> None:
    failed = {"mentions": PermanentError("no right to"), "raw": TransientError("busy")}
    with pytest.raises(TransientError, match="mentions: no right to; raw: busy"):
        Tidied({}, failed).refuse_failed()
    with pytest.raises(PermanentError, match="mentions: no right to"):
        Tidied({}, {"mentions": PermanentError("no right to")}).refuse_failed()
