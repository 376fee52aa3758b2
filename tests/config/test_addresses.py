"""What a production process is told of other machines: it asks them by TLS alone, and each shows who it is."""

import socket
import ssl
import threading
from contextlib import suppress

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from config import env
from tests.certificates import made
from tests.test_settings import environ, production

__all__ = ["environ"]

DATABASE = "postgres://samtaleflow:pass@database.example.dk/samtaleflow"
REDIS = "redis.example.dk:6379/0"


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("DATABASE_URL", DATABASE),
        ("DATABASE_URL", f"{DATABASE}?sslmode=require"),
        ("DATABASE_URL", f"{DATABASE}?sslmode=verify-ca"),
        ("DATABASE_URL", "postgres://samtaleflow@/samtaleflow?host=/run/postgresql,database.example.dk"),
        ("MIGRATE_DATABASE_URL", DATABASE.replace("samtaleflow:", "owner:")),
        ("REDIS_URL", f"redis://{REDIS}"),
        ("REDIS_URL", f"redis://{REDIS}?ssl_cert_reqs=required"),
        ("REDIS_URL", f"rediss://{REDIS}"),
        ("REDIS_URL", f"rediss://{REDIS}?ssl_cert_reqs=none"),
        ("REDIS_URL", f"rediss://{REDIS}?ssl_cert_reqs=required&ssl_check_hostname=false"),
        ("REDIS_URL", f"sentinel://{REDIS}"),
        ("EMAIL_URL", "smtp://user:pass@mail.example.dk:25"),
    ],
)
def test_production_asks_no_other_machine_without_tls_and_a_certificate(variable, address, environ):
    environ(**{**production(), variable: address})

    with pytest.raises(env.EnvironmentIncomplete, match=f"^{variable} leads to another machine") as refused:
        env.read()
    assert "pass@" not in str(refused.value).replace("user:password@", "")


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("DATABASE_URL", f"{DATABASE}?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"),
        ("DATABASE_URL", "postgres://samtaleflow:pass@127.0.0.1/samtaleflow"),
        ("DATABASE_URL", "postgres://samtaleflow@/samtaleflow?host=/run/postgresql"),
        ("REDIS_URL", f"rediss://:pass@{REDIS}?ssl_cert_reqs=required&ssl_ca_certs=/etc/ssl/ours.pem"),
        ("REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("REDIS_URL", "redis+socket:///run/redis/redis.sock"),
        ("EMAIL_URL", "smtp+ssl://user:pass@mail.example.dk:465"),
        ("EMAIL_URL", "smtp://localhost:25"),
    ],
)
def test_what_is_asked_by_tls_or_stands_here_starts(variable, address, environ):
    environ(**{**production(), variable: address})

    assert env.read().is_production


def test_a_development_machine_asks_whom_it_likes(environ):
    environ(SAMTALEFLOW_MODE="development", DATABASE_URL=DATABASE, REDIS_URL=f"redis://{REDIS}")

    assert not env.read().is_production


@pytest.fixture
def redis(tmp_path):
    """A Redis by TLS that goes away as soon as it is trusted; gives its port, its certificate and who trusted it."""
    certificate, trusted = made("localhost", tmp_path), []
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))

    def answer():
        with suppress(OSError):
            while True:
                end, _ = listening.accept()
                with end, suppress(OSError), inside.wrap_socket(end, server_side=True):
                    trusted.append(end)

    running = threading.Thread(target=answer)
    running.start()
    yield listening.getsockname()[1], certificate, trusted
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    running.join()


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_a_redis_shows_who_it_is_before_anything_is_said(redis, is_known):
    port, certificate, trusted = redis
    known = f"&ssl_ca_certs={certificate}" if is_known else ""
    address = f"rediss://localhost:{port}/0?ssl_cert_reqs=required{known}"

    with Connection(address, connect_timeout=2) as broker, pytest.raises(OperationalError):
        broker.ensure_connection(max_retries=1, timeout=2)

    assert bool(trusted) is is_known
