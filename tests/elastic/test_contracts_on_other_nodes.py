"""The stores' contract on the other nodes that teams run: the older major, and one that asks for a key.

The whole contract runs on 9.4.3 in tests/contracts; here it runs again by pytest itself, on a node of our own.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tocsin.node import Node, ToolsMissingError

ROOT = Path(__file__).resolve().parents[2]
CORE = [
    "tests/contracts/test_mention_store.py",
    "tests/contracts/test_mention_store_search.py",
    "tests/contracts/test_document_store.py",
    "tests/contracts/test_series_store.py",
]
KEYED = [*CORE, "tests/contracts/test_elastic_retention.py"]
"""With a key, also the file that opens one store twice."""
MORE = [
    *CORE,
    "tests/contracts/test_elastic_incidents.py",
    "tests/contracts/test_elastic_mentions.py",
    "tests/contracts/test_retention.py",
    "tests/contracts/test_elastic_retention.py",
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("version", "secure", "files"),
    [("8.16.6", False, MORE), ("9.4.3", True, KEYED)],
    ids=["the older major", "security on"],
)
def test_the_contract_holds(version: str, secure: bool, files: list[str]) -> None:
    try:
        with Node(version, secure=secure, brief=True) as node:
            passed, text = run(node, files)
    except ToolsMissingError as exc:
        pytest.skip(f"no Elasticsearch to test on: {exc}")
    assert passed >= 40, text


def run(node: Node, files: list[str]) -> tuple[int, str]:
    """Run these files' Elasticsearch tests on the node; give how many passed, and what was said."""
    address = node.address
    environ = os.environ | {
        "TOCSIN_ELASTICSEARCH_URL": address.url,
        "TOCSIN_ELASTICSEARCH_API_KEY": address.api_key or "",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "elastic", *files]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    text = done.stdout + done.stderr
    assert done.returncode == 0, text[-4000:]
    found = re.search(r"(\d+) passed", text)
    assert found, text
    assert "skipped" not in text, text
    return int(found[1]), text
