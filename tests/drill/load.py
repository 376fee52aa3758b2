"""People at work while things are killed: pages are read, notes are written, and what was answered is remembered."""

import http.client
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from tests.filled_forms import forms_of


@dataclass(frozen=True)
class Answer:
    """What one request came to: its status, 0 where nobody answered."""

    asked: float
    answered: float
    status: int
    #: What was asked for, without whose it was: the method, and the parts of the address that are words.
    page: str = ""

    @property
    def is_good(self) -> bool:
        return self.status in (200, 302)


def _words(address: str) -> str:
    """The address without the names of persons' things in it and without what was typed."""
    return re.sub(r"[0-9a-f]{8}-[-0-9a-f]+", "…", urlsplit(address).path)


@dataclass
class Load:
    """Some people at their desks, each with a session and a case of their own."""

    port: int
    desks: list[tuple[str, str]]
    answers: list[Answer] = field(default_factory=list)
    #: The notes that somebody was told were written, with the moment of it.
    written: dict[str, datetime] = field(default_factory=dict)
    #: The seconds that somebody looks at an answer.
    looks: float = 0
    _is_over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        for number, (cookie, case) in enumerate(self.desks):
            thread = threading.Thread(target=self._work, args=(number, cookie, case), daemon=True)
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(30)

    def _work(self, number: int, cookie: str, case: str) -> None:
        turn, cookies = 0, {cookie.partition("=")[0]: cookie}
        # They do not look up all at once.
        self._is_over.wait(self.looks * number / len(self.desks))
        while not self._is_over.is_set():
            turn += 1
            self._ask("GET", "/", cookies)
            self._ask("GET", case, cookies)
            address = f"{case}notater/nyt/"
            status, page = self._ask("GET", address, cookies)
            if status == 200:
                text = f"Øvelse {number}-{turn}"
                form = next(one for one in forms_of(page, address=address) if any(n == "text" for n, _ in one.sent))
                fields = [(name, text if name == "text" else value) for name, value in form.sent]
                status, _ = self._ask("POST", address, cookies, body=urlencode(fields))
                if status == 302:
                    self.written[text] = datetime.now(UTC)
            time.sleep(0.05)

    def _ask(self, method: str, address: str, cookies: dict[str, str], body: str | None = None) -> tuple[int, str]:
        asked, status, page = time.monotonic(), 0, ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Cookie": "; ".join(cookies.values()), "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, address, body=body, headers=headers)
            response = connection.getresponse()
            page, status = response.read().decode(errors="replace"), response.status
            for given in response.headers.get_all("Set-Cookie") or ():
                cookies[given.partition("=")[0]] = given.partition(";")[0]
            # Whoever is sent to log in again has written nothing.
            if status == 302 and "log-ind" in response.headers["Location"]:
                status = 401
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
        self.answers.append(Answer(asked, time.monotonic(), status, f"{method} {_words(address)}"))
        self._is_over.wait(self.looks)
        return status, page

    def back_after(self, moment: float, *, patience: float = 60) -> float:
        """The seconds until a page was asked for and given again."""
        while time.monotonic() < moment + patience:
            good = [one for one in list(self.answers) if one.asked > moment and one.is_good]
            bad = [one.answered for one in list(self.answers) if one.asked > moment and not one.is_good]
            # Good at last: nothing failed after it, for a second.
            last_bad = max(bad, default=moment)
            after = [one.answered for one in good if one.answered > last_bad]
            if after and time.monotonic() - min(after) > 1:
                return min(after) - moment
            time.sleep(0.1)
        raise TimeoutError

    def since(self, moment: float) -> Counter[int]:
        """How often each status was answered."""
        return Counter(one.status for one in list(self.answers) if one.asked > moment)
