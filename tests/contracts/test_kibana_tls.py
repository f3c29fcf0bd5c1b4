"""The way to Kibana by TLS: what nobody vouches for gets no log-in; the authorities of the machine decide."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from kibana_server import serve_kibana
from tocsin.adapters.kibana import KibanaSpace, LogIn
from tocsin.errors import PermanentError

PEM = Encoding.PEM
LOG_IN = LogIn(api_key=SecretStr("c2VjcmV0"))


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[str], Path]:
    """A maker of certificates that vouch for themselves, each with its key, in one file."""

    def make(name: str) -> Path:
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)  # noqa: TID251 - as TLS asks for it
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        signed = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / f"{name}.pem"
        file.write_bytes(key.private_bytes(PEM, PrivateFormat.PKCS8, NoEncryption()) + signed.public_bytes(PEM))
        return file

    return make


def speaking(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once_and_hears_no_log_in(certificate):
    with serve_kibana(speaking(certificate("localhost"))) as kibana:
        with (
            KibanaSpace(kibana.url, LOG_IN) as space,
            pytest.raises(PermanentError, match="certificate is not trusted"),
        ):
            space.version()
        assert kibana.asked == []


def test_an_authority_of_the_machine_makes_it_trusted_but_not_for_another_name(certificate, monkeypatch):
    ours, other = certificate("localhost"), certificate("kibana.example.org")
    for file in (ours, other):
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        with serve_kibana(speaking(file)) as kibana, KibanaSpace(kibana.url, LOG_IN) as space:
            if file == ours:
                assert space.version() == "8.12.2"
                continue
            with pytest.raises(PermanentError, match="certificate is not trusted"):
                space.version()
