"""The file that Prometheus reads, after a real round; a place that cannot be written stops no round."""

from pathlib import Path

import pytest

from tocsin.wiring import open_app

FILES = {
    "brands": "brands: [{id: tonic, name: Tonic}]",
    "sources": "sources: [{id: news, kind: feed, url: 'http://127.0.0.1:1/f'}]",
    "people": "people: []",
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path)}


def test_a_round_writes_its_counts(environ: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "tocsin.prom"
    with open_app(environ | {"TOCSIN_METRICS_FILE": str(file)}) as app:
        app.collect()
    lines = file.read_text().splitlines()
    assert 'tocsin_sources{health="never"} 1' in lines
    assert 'tocsin_round_looks{status="failed"} 1' in lines
    assert "tocsin_sources_heard 0" in lines
    assert [path.name for path in tmp_path.glob("*.new")] == []


def test_a_place_that_cannot_be_written_stops_no_round(environ: dict[str, str], tmp_path: Path, caplog) -> None:
    with open_app(environ | {"TOCSIN_METRICS_FILE": str(tmp_path / "no" / "where.prom")}) as app:
        assert app.collect() == []
    assert "metrics not written" in caplog.text
