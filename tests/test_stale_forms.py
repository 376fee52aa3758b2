"""A stale tab: what another saved meanwhile stands beside what was typed, on every form that changes what stands."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import time_machine

from cases.law.calculator import QuestionForm
from cases.models import Event, Role
from cases.ui.forms import PageForm, VersionedForm, WarningForm
from meetings.models import Meeting
from meetings.rules.kinds import Channel
from tests import factories, world
from tests.filled_forms import filled, opened, send
from tests.test_access import PAGES, address

Typed = dict[str, str]


@dataclass(frozen=True)
class Stale:
    """A form that two have open: what the first saves, what the late one typed, and how both are told."""

    page: str
    of: str
    who: str
    theirs: Typed
    mine: Typed
    # Of the one, and of the other; where what is done once is told of a change of something else, that change.
    shown: tuple[str, ...]
    # Where the first saves it, if not on the same page.
    their_page: str = ""
    is_handed_over: bool = False
    at: datetime = world.NOW
    before: Callable[[world.World], Any] = lambda here: None
    # What the late one is told the second time, where what the first did cannot be done twice.
    then: str = ""


def said_twice(
    page: str, of: str, who: str, name: str, theirs: str, mine: str, shown: tuple[str, ...] = (), **more: Any
) -> Stale:
    """The same field, by one and by the other; `with_it` is what both type beside it."""
    beside = more.pop("with_it", {})
    return Stale(page, of, who, {**beside, name: theirs}, {**beside, name: mine}, shown or (theirs, mine), **more)


def done_once(page: str, of: str, typed: Typed, **more: Any) -> Stale:
    """Something about a case of which another has corrected something else."""
    told = ("Borgerens oplysninger er rettet: e-mail hos Fagkassen.",)
    return Stale(page, of, "adviser", {"email": "ny@example.dk"}, typed, told, "cases:citizen", **more)


def young(here: world.World) -> None:
    here.objects["young"] = factories.case(
        here.office,
        registered_on=date(2023, 10, 2),
        at=datetime(2023, 10, 2, 11, tzinfo=UTC),
        target_group=4,
        by=here.office.caseworker,
        citizen=factories.citizen_details(born_on=date(2003, 5, 5)),
    )


def handed_over(here: world.World) -> None:
    """But not received yet, in a jobcenter of two."""
    here.objects["second"] = factories.user(organisation=here.office.municipality, role=Role.CASEWORKER)
    world.hand_over(here.case, here.office, at=world.NOW, is_received=False)


def third_municipality(here: world.World) -> None:
    here.objects["third"] = factories.organisation(kind="municipality", name="Jobcenter Tredjeby")


def another_record(here: world.World) -> None:
    """Of the same person, perhaps, from a year ago; it is closed again."""
    at = datetime(2025, 3, 3, 9, tzinfo=UTC)
    other = factories.case(here.office, registered_on=date(2025, 3, 3), at=at)
    type(other).objects.filter(pk=other.pk).update(status="closed", closed_on="2025-06-02", close_reason="work")
    here.objects["joined"] = other


def by_video(here: world.World) -> None:
    Meeting.objects.filter(pk=here.objects["booked"].pk).update(channel=Channel.VIDEO)


REASON = {"reason": "Borgeren har ringet."}
NUMBER = {**REASON, "what": "changed", "on": "01-05-2026"}
AIM = {"aim": "job", "decided_on": "02-01-2024", "wish": "job", "assessed_on": "02-01-2024", "reasons": "Klar til job."}
PAUSE = {"kind": "holiday", "first": "06-07-2026", "last": "12-07-2026", "source": "borgeren"}
EXEMPTION = {"reason": "ordinary_job", "first_day": "08-06-2026", "last_day": "14-06-2026", "starts_on": "15-06-2026"}
REJECTION = {"considerations": "Stedet søger ingen.", "legal_basis": "LAB", "party_consultation": "Intet."}

FORMS = [
    said_twice("cases:citizen", "case", "adviser", "email", "ny@example.dk", "min@example.dk"),
    said_twice("cases:correct", "case", "adviser", "placed_on", "15-04-2026", "20-04-2026", with_it=REASON),
    said_twice("cases:assign", "case", "adviser", "worker", "@colleague", "@leader"),
    Stale(
        "cases:receive",
        "case",
        "caseworker",
        {"worker": "@caseworker"},
        {"worker": "@second"},
        ("@caseworker", "@second"),
        "cases:assign",
        before=handed_over,
    ),
    said_twice(
        "cases:change_parties",
        "case",
        "adviser",
        "municipality",
        "@other_municipality",
        "@third",
        with_it=REASON,
        before=third_municipality,
    ),
    said_twice("cases:pause_change", "pause", "adviser", "source", "Jobnet", "udbetalingen"),
    done_once(
        "cases:pause_add", "case", {"kind": "holiday", "first": "06-07-2026", "last": "12-07-2026", "source": "x"}
    ),
    done_once("cases:pause_remove", "pause", REASON),
    said_twice("cases:hours", "case", "adviser", "hours", "120", "160,33", ("120,00", "160,33")),
    Stale(
        "cases:change_number",
        "case",
        "adviser",
        {**NUMBER, "cpr_number": "1203850017"},
        {**NUMBER, "cpr_number": "1303850018", "on": "03-05-2026"},
        ("120385-••••", "130385-0018"),
    ),
    said_twice(
        "cases:hand_over_correct",
        "case",
        "adviser",
        "on",
        "01-05-2026",
        "03-05-2026",
        with_it=REASON,
        is_handed_over=True,
    ),
    done_once("cases:hand_over", "case", {"source": "manual", "on": "05-05-2026", "is_confirmed": "on"}),
    done_once("cases:close", "case", {"reason": "work"}),
    done_once(
        "cases:place_anew", "case", {**REASON, "registered_on": "01-05-2026", "placed_on": "01-05-2026"}, before=young
    ),
    done_once(
        "cases:join", "case", {**REASON, "number": "kept", "name": "kept", "contact": "kept"}, before=another_record
    ),
    said_twice("cases:plan_write", "case", "adviser", "job_goal", "Kok", "Bager"),
    said_twice(
        "cases:aim",
        "young",
        "caseworker",
        "assessment",
        "Trives på kontor.",
        "Trives i køkken.",
        with_it=AIM,
        before=young,
        at=datetime(2024, 1, 2, 11, tzinfo=UTC),
    ),
    said_twice("cases:own_room", "", "adviser", "video_room", "https://a.example.dk/1", "https://a.example.dk/2"),
    said_twice("cases:text_change", "standard_text", "leader", "text", "Vi ses.", "På gensyn."),
    # The meetings
    said_twice("meetings:channel", "case", "adviser", "channel", "telephone", "video", ("Telefon", "Video")),
    said_twice(
        "meetings:link",
        "booked",
        "adviser",
        "place",
        "https://a.example.dk/1",
        "https://a.example.dk/2",
        before=by_video,
    ),
    said_twice(
        "meetings:exempt",
        "case",
        "adviser",
        "document",
        "Kontrakt",
        "Mail",
        with_it=EXEMPTION,
        then="Der er allerede en fritagelse i de dage.",
    ),
    said_twice("meetings:keep_duty", "exemption", "caseworker", "reason", "Uger endnu.", "Job er usikkert."),
    said_twice(
        "meetings:working_hours", "worker", "adviser", "mandag", "9-12", "10-14", ("09.00-12.00", "10.00-14.00")
    ),
    said_twice("meetings:talk_caps", "worker", "adviser", "all", "5", "7"),
    said_twice("meetings:office_caps", "", "leader", "video", "5", "7"),
    said_twice("meetings:staff_absence", "staff_absence", "adviser", "last", "07-05-2026", "08-05-2026"),
    said_twice("meetings:closing_day", "", "leader", "name", "kursus", "julefrokost", with_it={"day": "10-06-2026"}),
    said_twice("meetings:saved_view", "view", "adviser", "name", "Ledige", "Uden samtale"),
    said_twice("meetings:correct", "held", "adviser", "note", "Vil være kok.", "Vil være bager.", with_it=REASON),
    said_twice("meetings:hearing_answer", "no_show_step", "adviser", "answer", "Var syg.", "Glemte det."),
    # The referrals and the offers
    said_twice("referrals:limit", "", "caseworker", "days", "14", "21"),
    said_twice("referrals:write", "case", "adviser", "joint_assessment", "Vil gerne.", "Kan godt."),
    said_twice("referrals:assess", "pending", "caseworker", "assessment", "God idé.", "Ikke nu.", then="vurderet"),
    Stale(
        "referrals:grant",
        "pending",
        "caseworker",
        REJECTION,
        {"considerations": "Stedet passer."},
        ("Stedet søger ingen.", "Stedet passer."),
        "referrals:reject",
        then="afvist",
    ),
    said_twice(
        "referrals:reject",
        "pending",
        "caseworker",
        "considerations",
        "Stedet søger ingen.",
        "Ingen vejleder.",
        with_it={name: text for name, text in REJECTION.items() if name != "considerations"},
        then="afvist",
    ),
    said_twice("referrals:offer_change", "offer", "caseworker", "employer", "Solby Kro", "Solby Mølle"),
    Stale(
        "referrals:offer_start",
        "offer",
        "caseworker",
        {"employer": "Solby Kro"},
        {},
        ("tilbud",),
        "referrals:offer_change",
    ),
    Stale(
        "referrals:offer_end",
        "running_offer",
        "caseworker",
        {"employer": "Solby Kro"},
        {},
        ("tilbud",),
        "referrals:offer_change",
    ),
]


def test_what_another_saved_meanwhile_stands_beside_what_was_typed_until_it_is_confirmed(office, now, subtests):
    met = set()
    for is_handed_over in (False, True):
        with world.undone():
            here = world.build(office, now, is_handed_over=is_handed_over)
            for one in FORMS:
                if one.is_handed_over == is_handed_over:
                    with subtests.test(form=one.page), world.undone(), time_machine.travel(one.at, tick=False):
                        met.add(meet(here, one))
    assert named(met) == named(kinds(VersionedForm))


#: The forms on which nothing that stands can be overwritten unseen, and why.
OTHERS = {
    "what stood before is shown to nobody": [
        "cases.accounts.forms.AppForm",
        "cases.accounts.forms.ChosenPasswordForm",
        "cases.accounts.forms.CodeForm",
        "cases.accounts.forms.ProofForm",
        "cases.accounts.own_password.OwnPasswordForm",
    ],
    "it is only asked, or chosen among": [
        "cases.joining.forms.OtherCaseForm",
        "cases.lookup.forms.SearchForm",
        "cases.plans.forms.DutyDayForm",
    ],
    "it makes something new": [
        "cases.accounts.forms.KeyForm",
        "cases.imports.forms.RowForm",
        "cases.intake.forms.CreateForm",
        "cases.notes.forms.NoteForm",
        "cases.plans.forms.DocumentForm",
        "cases.texts.forms.TextForm",
        "meetings.deputies.forms.DeputyForm",
        "meetings.month_plan.forms.AbsentForm",
        "meetings.month_plan.forms.ChosenForm",
        "meetings.month_plan.forms.MonthPlanForm",
        "meetings.unbooked.forms.UnbookedForm",
        "referrals.offers.forms.FollowUpForm",
        "referrals.referral.forms.ContactForm",
    ],
    "it is done once, and a talk or a step that was moved, held or taken back meanwhile is told of": [
        "meetings.booking.cancel_form.CancelForm",
        "meetings.booking.forms.BookingForm",
        "meetings.no_shows.forms.StepForm",
        "meetings.no_shows.forms.WithdrawForm",
        "meetings.outcomes.forms.LateForm",
        "meetings.outcomes.forms.RegisterForm",
        "meetings.unbooked.forms.WithdrawForm",
        "referrals.referral.forms.ByHandForm",
    ],
    "what it does is shown case by case before it is done": [
        "meetings.list_jobs.forms.AssignForm",
        "meetings.list_jobs.forms.CancelTalksForm",
        "meetings.list_jobs.forms.MessageForm",
    ],
    "the address before it is shown to nobody, and is the writer's own": [
        "meetings.calendar_links.forms.AddressForm",
    ],
}


def test_every_other_form_is_named_with_the_reason_why_it_needs_no_such_page():
    versioned = {*kinds(VersionedForm), VersionedForm, WarningForm}
    # The law is only asked.
    questions = {QuestionForm, *kinds(QuestionForm)}
    assert named(kinds(PageForm) - versioned - questions) == sorted(name for names in OTHERS.values() for name in names)


def meet(here: world.World, one: Stale) -> type[PageForm]:
    """The late one's way through the form; the kind of form it was."""
    one.before(here)
    client = here.client(one.who)
    page = place(here, one.page, one.of)
    late = opened(client, page) | meant(here, one.mine)
    their_page = place(here, one.their_page or one.page, "case" if one.their_page == "cases:citizen" else one.of)
    first = send(client, their_page, meant(here, one.theirs))
    assert first.status_code == 302, wrong(first)
    stands = (opened(client, page), Event.objects.count())

    refused = client.post(page, late)

    text = " ".join(refused.content.decode().split())
    assert refused.status_code == 422
    assert "er ændret, mens du skrev</h2>" in text
    if len(one.shown) == 2:
        now, typed = (told(here, value) for value in one.shown)
        assert f"Der står nu: <strong>{now}</strong>. Du har skrevet: <strong>{typed}</strong>." in text
    else:
        assert one.shown[0] in text
    assert (opened(client, page), Event.objects.count()) == stands

    again = client.post(page, filled(text, page=page))
    if again.status_code == 422 and "confirm" in (form := again.context["form"]).fields:
        # It has something of its own to ask.
        meanwhile = filled(again.content.decode(), page=page)
        again = client.post(page, {**meanwhile, "confirm": form.fields["confirm"].widget.attrs["value"]})

    if one.then:
        assert (again.status_code, one.then in " ".join(wrong(again))) == (422, True), wrong(again)
        assert (opened(client, page), Event.objects.count()) == stands
    else:
        assert again.status_code == 302, wrong(again)
        assert Event.objects.count() > stands[1] or opened(client, page) != stands[0]
    return type(refused.context["form"])


def place(here: world.World, page: str, of: str) -> str:
    query = {"meetings:closing_day": "?dag=10-06-2026"}.get(page, "")
    if page == "cases:join":
        query = f"?sag={here.objects['joined'].label}"
    return address(page, replace(PAGES[page], of=of), here) + query


def meant(here: world.World, typed: Typed) -> Typed:
    return {
        name: str(thing(here, value).public_id) if value.startswith("@") else value for name, value in typed.items()
    }


def told(here: world.World, value: str) -> str:
    return str(thing(here, value)) if value.startswith("@") else value


def thing(here: world.World, name: str) -> Any:
    return here.objects.get(name[1:]) or getattr(here.office, name[1:])


def wrong(answer: Any) -> list[str]:
    form = (answer.context or {}).get("form")
    return [text for texts in form.errors.values() for text in texts] if form else [str(answer.status_code)]


def kinds(kind: type[PageForm]) -> set[type[PageForm]]:
    """Those of the application that are filled in."""
    own = {one for one in kind.__subclasses__() if not one.__module__.startswith("tests")}
    return own | {deeper for one in own for deeper in kinds(one)}


def named(forms: Any) -> list[str]:
    return sorted(f"{one.__module__}.{one.__name__}" for one in forms)
