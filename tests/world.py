"""One case with everything a page can be about, a neighbour's case beside it, and those who may come by."""

import io
import uuid
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cases.documents import services as documents_services
from cases.handover import services as handover_services
from cases.imports import batches, reading
from cases.imports import services as imports_services
from cases.imports.file import FileRow
from cases.models import Case, Deputy, Dispatch, ErasureRun, FormerParty, OrganisationKind, Reminder, Role, User
from cases.models.cases import Handover, HandoverSource
from cases.notes import services as notes_services
from cases.pauses import services as pauses_services
from cases.plans import services as plans_services
from cases.rules.facts import ExemptionReason, PauseKind
from cases.rules.municipal_duties import YearlyDuty
from cases.rules.period import Period
from cases.rules.plan_parts import PlanPart
from cases.unsaved import services as unsaved_services
from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.calendar_links import services as calendar_links_services
from meetings.exemptions import services as exemptions_services
from meetings.list_jobs import services as list_jobs_services
from meetings.models import AbsenceKind, ChangeKind, ListAction, NoShowStepKind, Outcome, PlanScope, PlanState
from meetings.month_plan import services as month_plan_services
from meetings.month_plan.services import Wish
from meetings.no_shows import services as no_shows_services
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import MeetingKind
from meetings.rules.spans import Span
from meetings.working_time import services as working_time_services
from meetings.worklist import saved
from referrals.offers import services as offers_services
from referrals.offers.moves import Terms
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.referral.deciding import Reasons
from referrals.referral.writing import Proposal
from tests import factories
from tests.cases.accounts.steps import enter
from tests.factories import Office, Parties
from tests.transactions import around_services

#: A Monday in the middle of a working day in Copenhagen.
NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)

#: Own and neighbouring people of both parties, an administrator, and somebody who has not logged in.
VISITORS = (
    "adviser",
    "caseworker",
    "leader",
    "other_adviser",
    "other_caseworker",
    "administrator",
    "logged_out",
)


def build_office() -> Office:
    """A fund and a municipality with their people, and a neighbour of each kind."""
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    other_fund = factories.organisation(kind=OrganisationKind.FUND, name="Nabokassen")
    municipality = factories.organisation(kind=OrganisationKind.MUNICIPALITY, name="Jobcenter Solby")
    other_municipality = factories.organisation(kind=OrganisationKind.MUNICIPALITY, name="Jobcenter Naboby")
    return Office(
        fund=fund,
        other_fund=other_fund,
        municipality=municipality,
        other_municipality=other_municipality,
        adviser=factories.user(organisation=fund, role=Role.ADVISER, username="adviser"),
        colleague=factories.user(organisation=fund, role=Role.ADVISER, username="colleague"),
        leader=factories.user(organisation=fund, role=Role.TEAM_LEADER, username="leader"),
        other_adviser=factories.user(organisation=other_fund, role=Role.ADVISER, username="other_adviser"),
        caseworker=factories.user(organisation=municipality, role=Role.CASEWORKER, username="caseworker"),
        other_caseworker=factories.user(
            organisation=other_municipality, role=Role.CASEWORKER, username="other_caseworker"
        ),
        administrator=factories.user(
            organisation=None, role=Role.ADMINISTRATOR, username="administrator", is_staff=True, is_superuser=True
        ),
    )


@dataclass
class World:
    """What stands in the database, and what a visitor of it may be shown."""

    office: Office
    case: Case
    others_case: Case
    is_handed_over: bool
    objects: dict[str, Any]
    _sessions: dict[str, str] = field(default_factory=dict)

    def persons_of(self, visitor: str) -> dict[str, int]:
        """The names the visitor may see, each with its case."""
        user = self.user(visitor)
        if user is None:
            return {}
        cases = Case.objects.visible_to(user).select_related("citizen")
        former = FormerParty.objects.visible_to(user, on=NOW.date())
        return {case.citizen.name: case.pk for case in cases} | dict(former.values_list("name", "case"))

    def everybody(self) -> list[Case]:
        return list(Case.objects.select_related("citizen").order_by("pk"))

    def user(self, visitor: str) -> User | None:
        return getattr(self.office, visitor, None)

    def client(self, visitor: str, **more: Any) -> Client:
        """A browser of the visitor's own, logged in."""
        client, cookie = Client(**more), settings.SESSION_COOKIE_NAME
        if visitor in self._sessions:
            client.cookies[cookie] = self._sessions[visitor]
        elif (user := self.user(visitor)) is not None:
            enter(client, user)
            # So that what is asked next does not begin the session anew, each time that it is undone.
            client.get(reverse("live"))
            self._sessions[visitor] = client.cookies[cookie].value
        return client


def build(office: Office, at: datetime, *, is_handed_over: bool) -> World:
    """The world at that moment; after a handover the jobcenter holds the course, and the meetings are its own."""
    earlier = at - timedelta(days=10)
    # Born and named so that neither can be met by chance on a page.
    case = factories.case(office, at=earlier, citizen=factories.citizen_details(name="Anne Prøvedal"))
    neighbours = Parties(fund=office.other_fund, municipality=office.other_municipality, adviser=office.other_adviser)
    others_case = factories.case(neighbours, at=earlier, citizen=factories.citizen_details(name="Bente Nabogaard"))
    referrals = _referrals(case, office, at=earlier)
    plans_services.publish(
        case_id=case.pk, parts=dict.fromkeys(PlanPart, "ingen"), version=0, by=office.adviser, at=earlier
    )
    worker = office.adviser
    if is_handed_over:
        hand_over(case, office, at=earlier)
        worker = office.caseworker
    pause = pauses_services.add_pause(
        case_id=case.pk,
        kind=PauseKind.HOLIDAY,
        span=Period(date(2026, 6, 8), date(2026, 6, 15)),
        source="borgeren",
        by=worker,
        at=earlier,
    )
    exemption = exemptions_services.exempt(
        case_id=case.pk,
        reason=ExemptionReason.ORDINARY_JOB,
        span=Period(date(2026, 5, 18), date(2026, 6, 1)),
        documented_on=at.date(),
        starts_on=date(2026, 6, 1),
        document="Ansættelsesbrev",
        by=worker,
        at=earlier,
    )
    view = saved.save(
        view=None, name="Skal bookes", query="tile=to_book", shared_with="nobody", is_start=False, by=office.adviser
    )
    note = notes_services.write(
        case_id=case.pk,
        text="Ring tilbage om kurset",
        due_on=at.date(),
        worker_id=office.adviser.pk,
        by=office.adviser,
        at=earlier,
    )
    booked = _book(case, worker, starts_at=at + timedelta(days=2), at=earlier)
    waiting = _book(case, worker, starts_at=at - timedelta(hours=1), at=earlier)
    held = _book(case, worker, starts_at=at - timedelta(days=4), at=earlier)
    outcomes_services.register(
        meeting_id=held.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=None if is_handed_over else True,
        next_booking=None,
        by=worker,
        at=at - timedelta(days=4) + timedelta(hours=1),
    )
    missed = _book(case, worker, starts_at=at - timedelta(days=5), at=earlier)
    outcomes_services.register(
        meeting_id=missed.pk,
        outcome=Outcome.ABSENT,
        note="",
        is_six_weeks_guided=None,
        next_booking=None,
        by=worker,
        at=at - timedelta(days=5) + timedelta(hours=1),
    )
    hearing = no_shows_services.Step(NoShowStepKind.HEARING, "Hvad skete der?", at.date() + timedelta(days=14))
    objects = {
        "case": case,
        "erasure_run": ErasureRun.objects.create(
            organisation=office.fund, proposed_by=office.leader, proposed_at=earlier
        ),
        "former": _former(neighbours, office, at=earlier),
        "worker": office.adviser,
        "nobody": SimpleNamespace(public_id=uuid.uuid4()),
        "feed": SimpleNamespace(public_id=calendar_links_services.make_feed(user=office.adviser, at=at)),
        "staff_absence": _absence(office, at=at),
        "closing_day": working_time_services.say_of_day(
            organisation=office.fund, day=date(2026, 6, 5), name="grundlovsdag", is_open=False
        ),
        "missed": missed,
        "no_show_step": no_shows_services.take_step(meeting_id=missed.pk, step=hearing, by=worker, at=at),
        "note": note,
        "view": view,
        "deputy": Deputy.objects.create(
            user=office.colleague,
            deputy=office.leader,
            first_day=at.date(),
            last_day=at.date(),
            recorded_by=office.leader,
            recorded_at=at,
        ),
        "list_job": _list_job(case, office, at=at),
        "month_plan": _month_plan(case, office, at=at),
        "pause": pause,
        "exemption": exemption,
        "booked": booked,
        "waiting": waiting,
        "held": held,
        **referrals,
        **_offers(case, office, at=at),
        "document": _document(office, at=earlier),
        "standard_text": factories.standard_text(office.leader, at=earlier),
        "passkey": office.adviser.passkeys.create(name="min telefon", sign_count=0, made_at=at),
        "unsaved": _unsaved(case, office, at=at),
        "seen_import": _import(office, "Carla Filholm", at=at),
        "done_import": _import(office, "Dorte Rækkevig", at=at),
        "law_run": _law_run(case, others_case, booked, at=at),
        "change": case.events.get(kind="meetings.booked", data__meeting=booked.pk),
        "dispatch": _dispatch(booked, at=earlier),
    }
    imports_services.start(run_id=objects["done_import"].pk)
    while batches.take_next_batch(at=at, today=at.date()):
        pass
    here = World(office=office, case=case, others_case=others_case, is_handed_over=is_handed_over, objects=objects)
    for visitor in VISITORS:
        here.client(visitor)
    return here


def _former(neighbours: Parties, office: Office, *, at: datetime) -> FormerParty:
    """The a-kasse has lost a case to the neighbour."""
    case = factories.case(neighbours, at=at, citizen=factories.citizen_details(name="Frida Fraflyttet"))
    return FormerParty.objects.create(
        case=case, organisation=office.fund, left_on=at.date(), left_at=at, name=case.citizen.name
    )


def _absence(office: Office, *, at: datetime) -> Any:
    """Over a talk that is booked."""
    day = at.date() + timedelta(days=2)
    return working_time_services.add_absence(
        user_id=office.adviser.pk, kind=AbsenceKind.COURSE, span=Span.of_days(day, day), by=office.adviser, at=at
    )


def _referrals(case: Case, office: Office, *, at: datetime) -> dict[str, Any]:
    """One that the jobcenter has taken up, one rejected, and a draft; sent while the a-kasse holds the course."""

    def proposed(offer_type: str) -> Any:
        proposal = Proposal(
            offer_type=offer_type,
            starts_on=at.date() + timedelta(weeks=4),
            joint_assessment="Borgeren har gavn af at prøve branchen.",
            citizen_agrees=True,
        )
        return referral_writing.write_draft(case_id=case.pk, proposal=proposal, version=0, by=office.adviser, at=at)

    def taken_up(offer_type: str) -> Any:
        draft = proposed(offer_type)
        sent = referral_writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=at)
        return referral_deciding.mark_seen(referral_id=sent.pk, by=office.caseworker, at=at)

    rejected = taken_up("wage_subsidy")
    reasons = Reasons("Stedet søger ingen.", "", "LAB kapitel 12", "Ingen bemærkninger.")
    rejected = referral_deciding.reject(
        referral_id=rejected.pk, reasons=reasons, version=rejected.version, by=office.caseworker, at=at
    )
    return {"rejected": rejected, "pending": taken_up("internship"), "draft": proposed("community_work")}


def _offers(case: Case, office: Office, *, at: datetime) -> dict[str, Any]:
    """One that is granted and one under way."""

    def granted(offer_type: str, first: date) -> Any:
        terms = Terms(
            type=offer_type,
            span=Period(first, first + timedelta(weeks=4)),
            employer="Solby Bageri",
            employer_cvr="99000104",
        )
        return offers_services.grant(case_id=case.pk, terms=terms, granted_on=at.date(), by=office.caseworker, at=at)

    begun = granted("wage_subsidy", at.date())
    begun = offers_services.start(
        offer_id=begun.pk, first_day=at.date(), version=begun.version, by=office.caseworker, at=at
    )
    return {"offer": granted("internship", at.date() + timedelta(weeks=5)), "running_offer": begun}


def hand_over(
    case: Case, office: Office, *, at: datetime, on: date | None = None, is_received: bool = True
) -> Handover:
    """The a-kasse hands the course over, from today or another day on, and the jobcenter's caseworker receives it."""
    handover = handover_services.hand_over(
        case_id=case.pk, on=on or at.date(), hours=None, source=HandoverSource.MANUAL, note="", by=office.adviser, at=at
    )
    if is_received:
        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=at)
    return handover


def _book(case: Case, worker: User, *, starts_at: datetime, at: datetime) -> Any:
    booking = Booking(
        kind=MeetingKind.CONTACT_INTERVIEW,
        adviser_id=worker.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        # So long that a page must break it.
        place=f"https://video.example.dk/{'m' * 240}",
        is_confirmed=True,
    )
    return booking_services.book(case_id=case.pk, booking=booking, by=worker, at=at)


def _document(office: Office, *, at: datetime) -> Any:
    details = documents_services.DocumentDetails(
        YearlyDuty.RESULT_AUDIT, 2022, "Resultat", date(2023, 2, 1), text="Gik godt."
    )
    return documents_services.add_document(details=details, by=office.caseworker, at=at)


def _unsaved(case: Case, office: Office, *, at: datetime) -> Any:
    page, typed = f"/sager/{case.public_id}/afslut/", unsaved_services.Typed({"note": ["Skrevet, før tiden gik"]})
    return unsaved_services.keep(page=page, action=page, typed=typed, was_sent=True, by=office.adviser, at=at)


def _import(office: Office, name: str, *, at: datetime) -> Any:
    good = {
        "cpr-nummer": str(factories.cpr_number()),
        "navn": name,
        "tilmeldt": "13-04-2026",
        "modpart": office.municipality.name,
        "målgruppe": "1",
        "forsikret": "fuldtid",
        "uddannelse": "ja",
        "børn hjemme": "nej",
    }
    refused = {**good, "cpr-nummer": str(factories.cpr_number()), "navn": "Ebbe Afvist", "tilmeldt": "31-02-2026"}
    rows = [FileRow(line=2, cells=good), FileRow(line=3, cells=refused)]
    run = reading.take_in(rows=rows, by=office.adviser, at=at)
    batches.take_next_batch(at=at, today=at.date())
    run.refresh_from_db()
    return run


def _list_job(case: Case, office: Office, *, at: datetime) -> Any:
    """The case is chosen to be given to a colleague, and looked at."""
    job = list_jobs_services.choose(case_ids=[case.pk], by=office.adviser, at=at)
    terms = {"receivers": [str(office.colleague.public_id)]}
    return list_jobs_services.preview(job_id=job.pk, action=ListAction.ASSIGN, terms=terms, at=at)


def _month_plan(case: Case, office: Office, *, at: datetime) -> Any:
    """The adviser's own month, with a time for the case."""
    plan = month_plan_services.ask_for(wish=Wish(PlanScope.MINE, at.date()), by=office.adviser, at=at)
    begins = at + timedelta(days=9)
    plan.proposals.create(
        case=case,
        kind="contact_interview",
        adviser=office.adviser,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=30),
        due_on=begins.date(),
        state="proposed",
    )
    plan.state = PlanState.MADE
    plan.save()
    return plan


def _law_run(case: Case, others_case: Case, booked: Any, *, at: datetime) -> Any:
    """An act moved a deadline of each party, and left a booking outside its window."""
    run = factories.law_run(at=at)
    for one in (case, others_case):
        factories.law_change(run, one, one.fund)
        factories.law_change(run, one, one.fund, kind=ChangeKind.OVERDUE)
        factories.law_change(run, one, one.municipality, key="contact_interview/municipality/1")
    factories.law_change(
        run, case, booked.organisation, kind=ChangeKind.BOOKING_OUTSIDE, key=f"meeting/{booked.pk}", day_after=None
    )
    return run


def _dispatch(booked: Any, *, at: datetime) -> Any:
    """The invitation to the booked meeting, which reached nobody."""
    row = Reminder.objects.get(kind="meetings.invitation", subject=booked.pk)
    row.state, row.outcome, row.closed_at = "skipped", "Kan ikke nås.", at
    row.save()
    text = f"Kære {booked.citizen.name}"
    return Dispatch.objects.create(
        reminder=row,
        sender=booked.organisation,
        at=at,
        is_reached=False,
        subject="Indkaldelse",
        text=text,
        until=booked.starts_at,
    )


@contextmanager
def undone():
    """Whatever happens within is taken back, so that one world serves many visitors."""
    with around_services():
        yield
        transaction.set_rollback(True)


def text_of(response: HttpResponse) -> str:
    """All that the answer tells: its headers and its body, unpacked where it is a spreadsheet or a letter."""
    body = b"".join(response) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    if body.startswith(b"%PDF"):
        body = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).encode()
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{body.decode(errors='replace')}"
