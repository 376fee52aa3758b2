"""Invented people and their cases, made the way the application makes them: through its services."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from cases.citizen.services import CitizenDetails
from cases.intake import services as intake_services
from cases.intake.new_case import CourseDetails, NewCase
from cases.law import services as law_services
from cases.models import Act, ActValue, Case, Organisation, OrganisationKind, Role, StandardText, User
from cases.people import cpr
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from cases.rules.text_use import TextUse
from cases.texts import services as texts_services
from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.models import ChangeKind, LawChange, LawRun, Meeting
from meetings.rules.kinds import Channel, MeetingKind

PASSWORD = "Kodeord-til-test-1"


@dataclass(kw_only=True)
class Parties:
    """A fund and a municipality that share a case, and the adviser who has it."""

    fund: Organisation
    municipality: Organisation
    adviser: User


@dataclass(kw_only=True)
class SmallOffice(Parties):
    """Enough to follow a case from one party to the other."""

    caseworker: User


@dataclass(kw_only=True)
class Office(SmallOffice):
    """Both parties with all their people, a neighbour of each kind, and an administrator."""

    other_fund: Organisation
    other_municipality: Organisation
    colleague: User
    leader: User
    other_adviser: User
    other_caseworker: User
    administrator: User


_numbers = itertools.count(1)


def _cvr_numbers() -> Iterator[str]:
    """Eight-digit numbers with a right check digit."""
    weights = (2, 7, 6, 5, 4, 3, 2, 1)
    for number in itertools.count(10_000_000):
        digits = str(number)
        if sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0:
            yield digits


_cvrs = _cvr_numbers()


def organisation(*, kind: OrganisationKind, name: str = "", **fields: Any) -> Organisation:
    number = next(_numbers)
    return Organisation.objects.create(
        kind=str(kind),
        name=name or f"Organisation {number}",
        cvr=next(_cvrs),
        code=str(number % 10_000),
        phone="70112233",
        email=f"post{number}@example.dk",
        meeting_place="Testvej 1, 9999 Testby",
        video_room="https://moede.example.dk/{rum}",
        **fields,
    )


def user(*, organisation: Organisation | None, role: Role, username: str = "", **fields: Any) -> User:
    number = next(_numbers)
    return User.objects.create_user(
        username=username or f"user{number}",
        password=PASSWORD,
        email=f"medarbejder{number}@example.dk",
        first_name="Mette",
        last_name=f"Testmark{number}",
        organisation=organisation,
        role=str(role),
        **fields,
    )


def small_office() -> SmallOffice:
    """Anne in an a-kasse and Jens in a jobcenter."""
    fund = organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    municipality = organisation(kind=OrganisationKind.MUNICIPALITY, name="Jobcenter Solby")
    return SmallOffice(
        fund=fund,
        municipality=municipality,
        adviser=user(organisation=fund, role=Role.ADVISER, username="anne"),
        caseworker=user(organisation=municipality, role=Role.CASEWORKER, username="jens"),
    )


def cpr_number(*, born_on: date = date(1985, 3, 12), serial: int | None = None) -> cpr.Cpr:
    """An invented number for somebody born that day."""
    number = next(_numbers) if serial is None else serial
    century = 4000 if born_on.year >= 2000 else 0
    return cpr.read(f"{born_on:%d%m%y}{century + number % 4000:04d}", today=date(2026, 12, 31))


def citizen_details(*, born_on: date = date(1985, 3, 12), **fields: Any) -> CitizenDetails:
    number = next(_numbers)
    details = {
        "number": cpr_number(born_on=born_on),
        "name": f"Anne Testesen {number}",
        "email": f"borger{number}@example.dk",
        "phone": "20304050",
    }
    return CitizenDetails(**{**details, **fields})


def case(
    office: Parties,
    *,
    registered_on: date | None = None,
    placed_on: date | None = None,
    by: User | None = None,
    at: datetime | None = None,
    citizen: CitizenDetails | None = None,
    meanwhile: str = "",
    note: str = "",
    **course: Any,
) -> Case:
    """A case between the office's fund and municipality, planned; begun three weeks ago unless told otherwise."""
    at = at or timezone.now()
    registered_on = registered_on or at.date() - timedelta(weeks=3)
    worker = by or office.adviser
    return intake_services.open_case(
        new=NewCase(
            citizen=citizen or citizen_details(),
            course=CourseDetails(registered_on=registered_on, placed_on=placed_on or registered_on, **course),
            fund_id=office.fund.pk,
            municipality_id=office.municipality.pk,
            worker_id=worker.pk,
            meanwhile=meanwhile,
            note=note,
        ),
        by=worker,
        at=at,
    )


def booking(
    adviser: User,
    starts_at: datetime,
    *,
    minutes: int = 30,
    kind: MeetingKind = MeetingKind.CONTACT_INTERVIEW,
    is_confirmed: bool = True,
    channel: Channel | None = None,
    channel_reason: str = "",
    place: str = "",
    fund_attends: bool | None = None,
    is_requested: bool = False,
) -> Booking:
    """What the form of a meeting asks for: half an hour with the adviser, whatever a reader would be warned of."""
    return Booking(
        kind=kind,
        adviser_id=adviser.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        is_confirmed=is_confirmed,
        channel=channel,
        channel_reason=channel_reason,
        place=place,
        fund_attends=fund_attends,
        is_requested=is_requested,
    )


def book(
    case: Case, worker: User, starts_at: datetime, *, at: datetime, adviser: User | None = None, **more: Any
) -> Meeting:
    """The meeting booked by the one who holds it, unless somebody else is the adviser; more is what `booking` takes."""
    return booking_services.book(
        case_id=case.pk, booking=booking(adviser or worker, starts_at, **more), by=worker, at=at
    )


def standard_text(
    by: User, *, at: datetime, use: TextUse = TextUse.NOTE, title: str = "Aftaler", text: str = "Vi aftalte følgende:"
) -> StandardText:
    """One text of the user's office."""
    written = texts_services.WrittenText(use=use, title=title, text=text)
    return texts_services.add_text(written=written, by=by, at=at)


def law_run(*, at: datetime, act: str = "c-anden-delaftale-2", state: str = "done", **fields: Any) -> LawRun:
    """A re-planning by a shipped act that ended an hour ago, without any change."""
    run, _ = LawRun.objects.update_or_create(
        act=Act.objects.get(slug=act),
        is_withdrawal=fields.pop("is_withdrawal", False),
        kind=fields.pop("kind", "replan"),
        defaults={
            "state": state,
            "fingerprint": "",
            "judged_on": at.date(),
            "started_at": at - timedelta(hours=2),
            "finished_at": at - timedelta(hours=1) if state == "done" else None,
            **fields,
        },
    )
    return run


def law_change(
    run: LawRun, case: Case, organisation: Organisation, *, kind: ChangeKind = ChangeKind.MOVES, **fields: Any
) -> LawChange:
    """A deadline of the case that the run moved from 1 May to 1 April 2026, unless told otherwise."""
    told = {
        "worker": case.worker_at(organisation),
        "key": "contact_interview/fund/4",
        "about": "4. jobsamtale (a-kassen)",
        "day_before": date(2026, 5, 1),
        "day_after": date(2026, 4, 1),
        "text": "Fristen for 4. jobsamtale (a-kassen) flytter fra den 1. maj 2026 til den 1. april 2026.",
    }
    return LawChange.objects.create(run=run, case=case, organisation=organisation, kind=str(kind), **{**told, **fields})


def published_act(slug: str, key: str, text: str, *, in_force_on: date) -> Act:
    """An act of one value, published after those we ship."""
    act = Act.objects.create(slug=slug, title=f"Loven {slug}", reference="Lov nr. 1", in_force_on=in_force_on)
    ActValue.objects.create(act=act, key=key, text=text, legal_basis="§ 1")
    latest = Act.objects.filter(status="published").latest("published_at").published_at
    assert latest is not None
    act.status, act.published_at = "published", latest + timedelta(days=1)
    act.save()
    return act


def draft_of_four_months(*, by: User, in_force_on: date, running_courses: str = "move") -> Act:
    """A draft in the database: the a-kasse has four months and four meetings, and the jobcenter two after them."""
    draft = law_services.create_draft(
        title="A-kassen i fire måneder",
        reference="Lov nr. 12",
        in_force_on=in_force_on,
        running_courses=running_courses,
        by=by,
    )
    draft.values.create(key=FUND_RESPONSIBLE_MONTHS.key, text="4", legal_basis="§ 3")
    for order, (responsible, number, first, last, days) in enumerate(
        (("fund", 4, 1, 4, 14), ("municipality", 2, 5, 6, None)), start=1
    ):
        draft.meeting_rules.create(
            order=order,
            kind="contact_interview",
            responsible=responsible,
            number=number,
            from_month=first,
            to_month=last,
            due_days_after_registration=days,
            legal_basis="§ 4",
        )
    return draft
