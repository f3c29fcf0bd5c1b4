"""Floors of detection on real data: lowering one needs a reason in the commit."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tocsin.detect.thresholds import Thresholds
from tocsin.model import Brand

pytestmark = pytest.mark.evaluation

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "detect.py"


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmarks_detect", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def critical_days(measure, evaluation_data) -> dict[str, list[int]]:
    brands = [Brand(id=name, name=name) for name in measure.AIRLINES]
    return measure.critical_days(measure.replay(list(measure.airline_mentions(evaluation_data)), brands))


@pytest.mark.parametrize("brand", ["US Airways", "United", "Delta", "American"])
def test_airlines_in_a_storm_on_22_february_are_critical(critical_days, brand):
    assert 22 in critical_days[brand]


@pytest.mark.parametrize("brand", ["Southwest", "Virgin America"])
def test_airlines_without_a_storm_stay_calm(critical_days, brand):
    assert critical_days[brand] == []


def test_nobody_cries_wolf_in_the_first_days(critical_days):
    assert not any(day < 22 for days in critical_days.values() for day in days)


@pytest.mark.parametrize(
    ("share", "most"),
    [pytest.param(1.0, 0.75, id="whole volume"), pytest.param(0.1, 0.6, id="a tenth, as a brand's negatives")],
)
def test_nab_false_alarms_keep_to_the_budget(measure, evaluation_data, share, most):
    tally = measure.nab_tally(measure.nab_series(evaluation_data), Thresholds().critical, share)
    assert tally.false_per_week <= most


def test_nab_windows_are_found_at_the_default_threshold(measure, evaluation_data):
    tally = measure.nab_tally(measure.nab_series(evaluation_data), Thresholds().critical)
    assert tally.windows >= 13, "of 16"
    assert tally.tight >= 14, "of 17"
