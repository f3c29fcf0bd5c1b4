"""The certificates of the composition hold up a real TLS connection, and are made once."""

import importlib.util
import socket
import ssl
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "docker" / "certificates.py"
spec = importlib.util.spec_from_file_location("compose_certificates", SCRIPT)
assert spec
assert spec.loader
certificates = importlib.util.module_from_spec(spec)
spec.loader.exec_module(certificates)

NOW = datetime.now(UTC)  # noqa: TID251 - TLS looks at the machine's clock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert certificates.ensure(tmp_path, NOW)
    return tmp_path


def greet(folder: Path, name: str, authority: Path) -> bytes:
    """What a server with the certificate says to a client that trusts the authority and calls it by this name."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "elasticsearch.crt", folder / "elasticsearch.key")
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with server.wrap_socket(theirs, server_side=True) as secured:
                secured.sendall(b"hello")
        except (ssl.SSLError, OSError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with ours, ssl.create_default_context(cafile=authority).wrap_socket(ours, server_hostname=name) as secured:
            return secured.recv(5)
    finally:
        ours.close()
        thread.join()


@pytest.mark.parametrize("name", ["elasticsearch", "localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_authority_is_served(folder: Path, name: str) -> None:
    assert greet(folder, name, folder / "ca.crt") == b"hello"


def test_another_name_or_another_authority_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        greet(folder, "kibana", folder / "ca.crt")
    other = tmp_path_factory.mktemp("other")
    certificates.ensure(other, NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
        greet(folder, "elasticsearch", other / "ca.crt")


def test_the_key_is_for_the_group_and_the_authority_leaves_none(folder: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"ca.crt": 0o644, "elasticsearch.crt": 0o644, "elasticsearch.key": 0o640}


def test_they_stay_until_their_last_month(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert not certificates.ensure(folder, NOW + timedelta(days=700))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert certificates.ensure(folder, NOW + timedelta(days=800))
    assert (folder / "ca.crt").read_bytes() != before["ca.crt"]


def test_what_a_killed_run_left_is_made_whole(folder: Path) -> None:
    (folder / "elasticsearch.key").unlink()
    assert certificates.ensure(folder, NOW)
    assert greet(folder, "localhost", folder / "ca.crt") == b"hello"


def test_the_script_is_the_container_s_command(tmp_path: Path) -> None:
    for word in ("made", "kept"):
        said = subprocess.run([sys.executable, SCRIPT, tmp_path], check=True, capture_output=True, text=True)
        assert said.stdout == f"{tmp_path}: certificates {word}\n"
