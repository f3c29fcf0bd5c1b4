"""The way to Elasticsearch by TLS: a real TLS server hands each byte to the real node; certificates are checked."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tocsin.adapters.elastic import connection, open_elastic
from tocsin.config import read_settings
from tocsin.errors import ConfigError, PermanentError, TransientError
from tocsin.wiring.stores import open_stores

PEM = Encoding.PEM
AUTHORITY = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Authority of a test")])


@dataclass(frozen=True)
class Authority:
    """Signs certificates; its own lies at `file`."""

    file: Path
    key: ec.EllipticCurvePrivateKey

    def sign(self, *names: str, days: int = 2) -> Path:
        """A server's certificate for these names, with its key, in one file; with `days` below 0 it has expired."""
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)  # noqa: TID251 - as TLS asks for it
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
        certificate = (
            x509.CertificateBuilder(AUTHORITY, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        file = self.file.with_name(f"{names[0]}.{days}.pem")
        file.write_bytes(key.private_bytes(PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(PEM))
        return file


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    file, key = tmp_path_factory.mktemp("authority") / "ca.crt", ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)  # noqa: TID251 - as TLS asks for it
    certificate = (
        x509.CertificateBuilder(AUTHORITY, AUTHORITY, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(certificate.public_bytes(PEM))
    return Authority(file, key)


@contextmanager
def tls_before(node: str, certificate: Path) -> Iterator[str]:
    """A TLS server that hands what it hears to the node, and back; gives its address by the name localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stop = threading.Event()

    def accept() -> None:
        while not stop.is_set():
            with suppress(OSError):
                plain, _ = listener.accept()
                threading.Thread(target=serve, args=(plain,), daemon=True).start()

    def serve(plain: socket.socket) -> None:
        with suppress(OSError), closing(plain), context.wrap_socket(plain, server_side=True) as safe:
            target = urlsplit(node)
            with socket.create_connection((target.hostname, target.port)) as behind:
                back = threading.Thread(target=carry, args=(behind, safe), daemon=True)
                back.start()
                carry(safe, behind)
                back.join(5)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"https://localhost:{listener.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


def carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_with_the_authority_named_in_the_settings_it_works(elastic_place, authority, tmp_path, mention) -> None:
    url, key, prefix = elastic_place.split(" ")
    environ = {"TOCSIN_ELASTICSEARCH_PREFIX": prefix, "TOCSIN_ELASTICSEARCH_CA": str(authority.file)}
    if key:
        environ["TOCSIN_ELASTICSEARCH_API_KEY"] = key
    with tls_before(url, authority.sign("localhost")) as safe:
        settings = read_settings(environ | {"TOCSIN_STORE": safe}, tmp_path)
        with open_stores(settings) as stores:
            assert stores.mentions.add([mention("a")]).created == 1
            assert stores.mentions.get("a") == mention("a")


def refused(url: str, ca: Path | None = None) -> str:
    with open_elastic(url, ca=ca) as stores, pytest.raises(PermanentError) as caught:
        stores.mentions.total()
    return str(caught.value)


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_remedy(elastic_place, authority) -> None:
    with tls_before(elastic_place.split(" ")[0], authority.sign("localhost")) as safe:
        said = refused(safe)
    assert "its certificate is not trusted; set TOCSIN_ELASTICSEARCH_CA to the PEM file" in said
    assert "http_ca.crt" in said


def test_a_certificate_that_does_not_fit_says_why(elastic_place, authority) -> None:
    node = elastic_place.split(" ")[0]
    with tls_before(node, authority.sign("elsewhere.example")) as safe:
        assert "is for another name; write a name that stands in it" in refused(safe, authority.file)
    with tls_before(node, authority.sign("localhost", days=-1)) as safe:
        assert "has expired; have it renewed" in refused(safe, authority.file)
    with tls_before(node, authority.sign("localhost")) as safe:
        assert "is for another address" in refused(safe.replace("localhost", "127.0.0.1"), authority.file)


def test_https_where_http_is_spoken_and_the_other_way_round_is_said(elastic_place, authority, monkeypatch) -> None:
    node = elastic_place.split(" ")[0]
    assert "does not speak https" in refused(node.replace("http:", "https:"))
    monkeypatch.setattr(connection, "PATIENCE", 0.0)
    with (
        tls_before(node, authority.sign("localhost")) as safe,
        open_elastic(safe.replace("https:", "http:")) as stores,
        pytest.raises(TransientError, match="if it never answered, it may speak https"),
    ):
        stores.mentions.total()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, r"ca\.crt cannot be read \(No such file or directory\)"),
        (lambda path: path.mkdir(), r"ca\.crt cannot be read"),
        (lambda path: path.write_text("no certificate"), r"ca\.crt holds no certificate in PEM"),
    ],
)
def test_a_file_that_is_no_authority_is_a_wrong_setting(
    tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(tmp_path / "ca.crt")
    environ = {"TOCSIN_STORE": "https://localhost:9200", "TOCSIN_ELASTICSEARCH_CA": "ca.crt"}
    with pytest.raises(ConfigError, match=said) as caught:
        open_stores(read_settings(environ, tmp_path))
    assert "TOCSIN_ELASTICSEARCH_CA" in str(caught.value)
    assert "http_ca.crt" in str(caught.value)
