"""Make the certificate by which Elasticsearch is known inside the composition, so that no secret goes in clear.

An authority signs one certificate, and its key is thrown away: nobody can sign another. Later runs keep what is there
until a month before it ends; then all is made anew.
"""

import ipaddress
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tocsin.wiring.outside import SystemClock

LIFE = timedelta(days=825)
"""The longest that all of today's programs accept for a server."""
SPARE = timedelta(days=30)


def ensure(folder: Path, now: datetime) -> bool:
    """Make ca.crt, elasticsearch.crt and elasticsearch.key unless good ones are there; say whether they were made.

    The key is readable by owner and group: the containers share group 0 and nothing else.
    """
    last = folder / "elasticsearch.crt"
    names = ("ca.crt", "elasticsearch.key")
    if last.exists() and all((folder / name).exists() for name in names):
        until = x509.load_pem_x509_certificate(last.read_bytes()).not_valid_after_utc
        if now + SPARE < until:
            return False
    last.unlink(missing_ok=True)  # Written last: where it stands, the others fit it.
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key, now)
    certificate = _server(key.public_key(), authority, authority_key, now)
    _write(folder / "ca.crt", _pem(authority), 0o644)
    _write(folder / "elasticsearch.key", _private(key), 0o640)
    _write(last, _pem(certificate), 0o644)
    return True


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = _name("Tocsin, made by docker-compose")
    builder = _builder(name, name, key.public_key(), now)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.add_extension(_usage(signs=True), critical=True).sign(key, hashes.SHA256())


def _server(
    key: ec.EllipticCurvePublicKey, authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    names = [x509.DNSName("elasticsearch"), x509.DNSName("localhost")]
    addresses = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = _builder(_name("elasticsearch"), authority.subject, key, now)
    for extension, critical in (
        (x509.SubjectAlternativeName([*names, *addresses]), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
        (_usage(signs=False), True),
    ):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
    # An hour back: the clocks of two machines are never the same.
    return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + LIFE)


def _usage(*, signs: bool) -> x509.KeyUsage:
    no = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"), False
    )
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, encipher_only=False, decipher_only=False, **no
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, form, serialization.NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write with these rights from the first byte on, whatever the umask."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)


if __name__ == "__main__":
    here = Path(sys.argv[1])
    made = ensure(here, SystemClock().now())
    sys.stdout.write(f"{here}: certificates {'made' if made else 'kept'}\n")
