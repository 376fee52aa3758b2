"""Advisers at their desks: they look up cases, search, write notes, book, and register what came of their talks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count, islice
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.urls import reverse
from django.utils import timezone

from cases.models import Case, User
from cases.rules.refusal import Refused
from meetings.models import Meeting, Outcome
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.spans import local
from tests import factories
from tests.bench.pages import log_in
from tests.drill.load import Load
from tests.filled_forms import forms_of

#: A form that is shown again with what must be seen, or with a rule that is against it: a sentence, and no failure.
SHOWN_AGAIN = 422
#: Somebody registers one talk in so long a time.
SECONDS_A_TALK = 100
#: The list, the case, a booking, an outcome, a note, a search.
KINDS_OF_WORK = 6


@dataclass
class Desk:
    """One adviser: the cookie, the cases that are to be booked, and the talks whose outcome is missing."""

    cookie: str
    cases: list[Case]
    talks: list[Meeting]


def desks_of(users: Sequence[User], *, for_seconds: float, at: datetime) -> list[Desk]:
    """The desks of those who have cases; of each some talks were booked yesterday, and nobody has registered them."""
    desks = []
    for user in users:
        own = Case.objects.visible_to(user).open().filter(fund_adviser=user).select_related("citizen").order_by("pk")
        unbooked = list(own.exclude(meetings__status=MeetingStatus.BOOKED)[:60])
        wanted = max(int(for_seconds / SECONDS_A_TALK), 1)
        talks = _talks_of(user, unbooked, wanted, at=at)
        taken = {talk.case_id for talk in talks}
        if cases := [case for case in unbooked if case.pk not in taken]:
            desks.append(Desk(log_in(user), cases, talks))
    return desks


def _talks_of(user: User, cases: Sequence[Case], wanted: int, *, at: datetime) -> list[Meeting]:
    """Book so many talks of the last working day as it was booked the day before, where the rules let it be."""
    day = timezone.localtime(at).date() - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    talks: list[Meeting] = []
    times = (local(day, time(8)) + timedelta(minutes=15 * number) for number in range(32))
    for case, starts_at in zip(cases, times, strict=False):
        if len(talks) == wanted:
            break
        try:
            talks.append(factories.book(case, user, starts_at, at=starts_at - timedelta(days=1), minutes=15))
        except Refused:
            continue
    return talks


@dataclass
class Desks(Load):
    """What they do in turn, and what they were told was done."""

    work: list[Desk] = field(default_factory=list)
    #: What all that they write begins with.
    word: str = "Øvelse"
    booked: list[Case] = field(default_factory=list)
    registered: list[tuple[Meeting, Outcome]] = field(default_factory=list)
    searched: Counter[int] = field(default_factory=Counter)

    @property
    def errors(self) -> int:
        return sum(not answer.is_good and answer.status != SHOWN_AGAIN for answer in self.answers)

    @property
    def done(self) -> dict[str, int]:
        """How often each kind of work was done to its end."""
        outcomes = Counter(outcome for _, outcome in self.registered)
        return {
            "booked": len(self.booked),
            "held": outcomes[Outcome.HELD],
            "no-shows": outcomes[Outcome.ABSENT],
            "searches": self.searched[200],
            "notes": len(self.written),
        }

    @property
    def shown_again(self) -> int:
        return sum(answer.status == SHOWN_AGAIN for answer in self.answers)

    def _work(self, number: int, cookie: str, case: str) -> None:
        desk, cookies = self.work[number], {cookie.partition("=")[0]: cookie}
        # They do not look up all at once.
        self._is_over.wait(self.looks * number / len(self.work))
        for turn in count():
            steps = self._steps(desk, turn, f"{self.word} {number}-{turn}", cookies)
            # Nor are they all at the same place of their work: a short time has some of everything.
            for step in islice(steps, 0 if turn else number % KINDS_OF_WORK, None):
                if self._is_over.is_set():
                    return
                step()

    def _steps(self, desk: Desk, turn: int, text: str, cookies: dict[str, str]) -> Iterator[Callable[[], Any]]:
        """What one of them does with one citizen after the other."""
        case = desk.cases[turn % len(desk.cases)]
        yield lambda: self._ask("GET", "/", cookies)
        yield lambda: self._ask("GET", case.get_absolute_url(), cookies)
        if turn < len(desk.cases):
            yield lambda: self._book(case, cookies)
        if turn < len(desk.talks):
            yield lambda: self._register(desk.talks[turn], cookies)
        yield lambda: self._note(case, text, cookies)
        yield lambda: self._search(case, cookies)

    def _note(self, case: Case, text: str, cookies: dict[str, str]) -> None:
        status, _ = self._send(f"{case.get_absolute_url()}notater/nyt/", {"text": text}, cookies)
        if status == 302:
            self.written[text] = timezone.now()

    def _search(self, case: Case, cookies: dict[str, str]) -> None:
        status, _ = self._send(reverse("cases:search"), {"q": case.citizen.name[:9]}, cookies)
        self.searched[status] += 1

    def _book(self, case: Case, cookies: dict[str, str]) -> None:
        address = reverse("meetings:book", args=[case.public_id])
        status, page = self._send(address, {"slot": None}, cookies)
        if status == SHOWN_AGAIN:
            status, _ = self._post(page, address, {"slot": None, "confirm": "on"}, cookies)
        if status == 302:
            self.booked.append(case)

    def _register(self, talk: Meeting, cookies: dict[str, str]) -> None:
        outcome = Outcome.ABSENT if talk.pk % 2 else Outcome.HELD
        typed = {"outcome": str(outcome), "guided": "ja", "slot": "none"}
        status, _ = self._send(reverse("meetings:register", args=[talk.public_id]), typed, cookies)
        if status == 302:
            self.registered.append((talk, outcome))

    def _send(self, address: str, typed: Mapping[str, str | None], cookies: dict[str, str]) -> tuple[int, str]:
        """Open the page, type this, and send it."""
        status, page = self._ask("GET", address, cookies)
        return self._post(page, address, typed, cookies) if status == 200 else (status, page)

    def _post(
        self, page: str, address: str, typed: Mapping[str, str | None], cookies: dict[str, str]
    ) -> tuple[int, str]:
        """Send the page's own form with this in it; None leaves a field as it stands there."""
        forms = [form for form in forms_of(page, address=address) if urlsplit(form.action).path == address]
        form = forms[-1] if forms else None
        if form is None:
            return 0, page
        new = {name: value for name, value in typed.items() if value is not None}
        fields = [(name, value) for name, value in form.sent if name not in new] + list(new.items())
        return self._ask("POST", form.action, cookies, body=urlencode(fields))
