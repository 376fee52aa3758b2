"""A host of calendars with a certificate of its own."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of the host, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kalender.example.dk")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("kalender.example.dk")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    clear = serialization.NoEncryption()
    as_key = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, clear)
    path = tmp_path_factory.mktemp("host") / "host.pem"
    path.write_bytes(as_key + signed.public_bytes(serialization.Encoding.PEM))
    return path
