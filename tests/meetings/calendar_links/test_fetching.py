"""An address is asked at the number that was looked at, for a short time in all, and so is whatever it points on to."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from meetings.calendar_links import fetching

ADDRESS = "https://kalender.example.dk/hemmelig.ics"


@pytest.fixture(scope="module")
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


@pytest.fixture
def host(certificate, monkeypatch):
    """Let the host answer what the test says, piece by piece; gives the numbers that were asked."""
    asked, running, context = [], [], ssl.create_default_context(cafile=str(certificate))
    pieces = []

    def answer(end):
        inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        inside.load_cert_chain(certificate)
        try:
            with inside.wrap_socket(end, server_side=True) as talk:
                talk.recv(65536)
                for piece in pieces:
                    talk.sendall(piece)
                    time.sleep(0.02 * (len(pieces) > 1))
        except OSError:
            end.close()

    def connect(address, timeout):
        asked.append(address)
        ours, theirs = socket.socketpair()
        running.append(threading.Thread(target=answer, args=[theirs]))
        running[-1].start()
        return ours

    numbers = [[(2, 1, 6, "", ("8.8.8.8", 443))]]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **more: numbers.pop(0))
    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    monkeypatch.setattr(fetching.ssl, "create_default_context", lambda: context)
    yield pieces, numbers, asked
    for one in running:
        one.join()


def test_the_number_that_was_looked_at_is_the_one_that_is_asked(host):
    pieces, _, asked = host
    pieces.append(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert fetching.fetch(ADDRESS) == b"ok"
    assert asked == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("https://indenfor.example.dk/", "Adressen peger på et lukket net"),
        ("http://kalender.example.dk/", "Adressen skal begynde med https://"),
        ("https://[::1", "Kalenderens adresse kan ikke nås"),
    ],
)
def test_what_it_points_on_to_is_looked_at_as_well(host, target, text):
    pieces, numbers, asked = host
    numbers.append([(2, 1, 6, "", ("10.0.0.1", 443))])
    pieces.append(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())
    with pytest.raises(fetching.NotFetched, match=text.replace("[", r"\[")):
        fetching.fetch(ADDRESS)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X"] * 200],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 200,
        [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 200],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1"] * 200],
    ],
    ids=["a header", "never the answer itself", "the answer", "the length of a piece"],
)
def test_what_comes_a_little_at_a_time_is_not_waited_for(host, pieces, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    host[0].extend(pieces)
    began = time.monotonic()
    with pytest.raises(fetching.NotFetched, match="Kalenderen svarer ikke"):
        fetching.fetch(ADDRESS)
    assert time.monotonic() - began < 2
