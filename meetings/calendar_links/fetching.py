"""Fetches an address that somebody typed: from the open internet alone, in a short time, and never much."""

import http.client
import ipaddress
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from cases.rules.refusal import Refused

SECONDS = 10
LARGEST = 2 * 1024 * 1024
_REDIRECTS = 3
_PORTS = (None, 443)
#: Where the numbers of the internet lie, and within them 6to4's, which hold a number of the older kind.
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_HOLDS_ANOTHER = ipaddress.IPv6Network("2002::/16")


class NotFetched(Refused):
    """The address gives no calendar."""

    field = "address"


class LoginRefused(NotFetched):
    """The calendar knows no such user, or not by this password."""


@dataclass(frozen=True)
class Question:
    """How an address is asked, and the status of an answer that is one; `login` is "user:password"."""

    method: str = "GET"
    status: int = http.client.OK
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    login: str = field(default="", repr=False)

    def all_headers(self) -> dict[str, str]:
        secret = {"Authorization": f"Basic {b64encode(self.login.encode()).decode()}"} if self.login else {}
        return {**self.headers, **secret}


#: How the address of a file is asked.
THE_FILE = Question()


class Body(Protocol):
    """What an answer is read from."""

    def read1(self, n: int = -1, /) -> bytes: ...


def require_https(address: str) -> str:
    """The host of an address that may be fetched. Raises NotFetched."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme != "https" or port not in _PORTS or "@" in parts.netloc:
        raise NotFetched("Adressen skal begynde med https:// og et domæne, uden brugernavn og port.")
    return host


def fetch(address: str, question: Question = THE_FILE) -> bytes:
    """Fetch what the address gives. Raises NotFetched with one Danish sentence, whatever goes wrong."""
    stop_at, host = time.monotonic() + SECONDS, require_https(address)
    try:
        for _ in range(_REDIRECTS + 1):
            if require_https(address) != host and question.login:
                # A password is for the one it was given to.
                raise NotFetched("Kalenderen er flyttet til et andet domæne. Kopiér dens nye adresse.")
            answer, connection = _ask(address, question, stop_at=stop_at)
            try:
                if answer.status == question.status:
                    return take(answer, stop_at=stop_at)
                if (target := answer.headers.get("Location")) is None or answer.status // 100 != 3:
                    raise _refused(answer.status, question)
                address = urljoin(address, target)
            finally:
                connection.close()
    except TimeoutError:
        raise NotFetched("Kalenderen svarer ikke. Vi prøver igen om lidt.") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NotFetched("Kalenderens adresse kan ikke nås. Se efter, om den er rigtig.") from None
    raise NotFetched("Kalenderens adresse peger videre for mange gange. Kopiér den igen.")


def _refused(status: int, question: Question) -> NotFetched:
    if status == http.client.UNAUTHORIZED and question.login:
        return LoginRefused("Kalenderen afviser brugernavnet eller adgangskoden og læses ikke, før du giver dem igen.")
    if status == http.client.UNAUTHORIZED:
        return NotFetched("Kalenderen kræver brugernavn og adgangskode. Skriv dem sammen med adressen.")
    if status // 100 == 5 or status == http.client.TOO_MANY_REQUESTS:
        return NotFetched(f"Kalenderen svarer med fejl {status}. Vi prøver igen om lidt.")
    if question.login:
        return NotFetched(f"Adressen er ikke en CalDAV-kalender (fejl {status}). Kopiér adressen på én kalender.")
    return NotFetched(f"Kalenderens adresse svarer med fejl {status}. Kopiér adressen igen.")


def take(body: Body, *, stop_at: float) -> bytes:
    """Read the whole answer. Raises NotFetched where it is too much, or comes too slowly."""
    found = bytearray()
    for part in _parts(body):
        found += part
        if len(found) > LARGEST:
            raise NotFetched("Kalenderen fylder mere end 2 MB og læses ikke. Del en mindre kalender.")
        if time.monotonic() > stop_at:
            raise TimeoutError
    return bytes(found)


def _parts(body: Body) -> Iterator[bytes]:
    while part := body.read1(65536):
        yield part


def _ask(
    address: str, question: Question, *, stop_at: float
) -> tuple[http.client.HTTPResponse, http.client.HTTPSConnection]:
    host, parts = require_https(address), urlsplit(address)
    connection = _Pinned(host, open_internet(host), stop_at=stop_at)
    try:
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request(question.method, path, body=question.body, headers=question.all_headers())
        return connection.getresponse(), connection
    except BaseException:
        connection.close()
        raise


def open_internet(host: str) -> str:
    """The number of a host on the open internet. Raises NotFetched for one of our own network, or of none."""
    numbers = [str(one[4][0]) for one in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    if not numbers or not all(is_open(number) for number in numbers):
        raise NotFetched("Adressen peger på et lukket net og kan ikke læses. Brug kalenderens offentlige adresse.")
    return numbers[0]


def is_open(number: str) -> bool:
    """Whether the number is of the open internet, and does not hold a number of the other kind, which may be ours."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and (address not in _GIVEN_OUT or address in _HOLDS_ANOTHER):
        return False
    return address.is_global and not address.is_multicast


class _Pinned(http.client.HTTPSConnection):
    """Connects to the number that was looked at, so that no second look-up gives another."""

    def __init__(self, host: str, number: str, *, stop_at: float) -> None:
        self._context_of_ours = ssl.create_default_context()
        self._context_of_ours.sslsocket_class = _Ending
        super().__init__(host, timeout=SECONDS, context=self._context_of_ours)
        self._number, self._stop_at = number, stop_at

    def connect(self) -> None:
        plain = socket.create_connection((self._number, self.port), timeout=_left(self._stop_at))
        try:
            plain.settimeout(_left(self._stop_at))
            ending = self._context_of_ours.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        assert isinstance(ending, _Ending)
        ending.stop_at = self._stop_at
        self.sock = ending


class _Ending(ssl.SSLSocket):
    """Stops reading at one moment, however often a little more arrives."""

    stop_at: float | None = None

    def read(self, *args: Any) -> Any:
        if self.stop_at is not None:
            self.settimeout(_left(self.stop_at))
        return super().read(*args)


def _left(stop_at: float) -> float:
    """The seconds that are left. Raises TimeoutError."""
    seconds = stop_at - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
