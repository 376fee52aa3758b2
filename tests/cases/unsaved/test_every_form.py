"""The session ends in the middle of every form there is: whatever was typed stands there after the log-in."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any

import time_machine
from django.contrib.sessions.models import Session
from django.forms import BaseForm, Textarea
from django.urls import reverse

from cases.joining import services as joining_services
from cases.models import Act, Case, Citizen, Event
from meetings.channel.services import choose_channel
from meetings.models import Meeting
from meetings.rules.kinds import Channel
from tests import factories, test_access, test_access_to_administration, world
from tests.cases.accounts.steps import enter
from tests.filled_forms import forms_of, send
from tests.meetings.unbooked.steps import HELD

IN_2024 = datetime(2024, 1, 2, 11, tzinfo=UTC)
BY_VIDEO = {"outcome": "held", "guided": "ja", "held_channel": "video", "slot": "none"}
ENTERED = {**HELD, "begins": "13.00", "channel": "video"}
WORDS = ' Skrevet\n\nover <to> & "tre" linjer'

# What must be so before a page has its form, with who is asked for it and its address


def closed(here):
    Case.objects.filter(pk=here.case.pk).update(
        status="closed", closed_on=here.case.placed_on + timedelta(days=1), close_reason="work"
    )


def another_record(here):
    """Of the same person, perhaps, from a year ago; it is closed again."""
    at = datetime(2025, 3, 3, 9, tzinfo=UTC)
    other = factories.case(here.office, registered_on=date(2025, 3, 3), at=at)
    Case.objects.filter(pk=other.pk).update(status="closed", closed_on="2025-06-02", close_reason="work")
    return other


def joined(here):
    joining_services.join(
        case_id=here.case.pk,
        other_id=another_record(here).pk,
        version=Case.objects.get(pk=here.case.pk).version,
        takes_number=False,
        takes_name=False,
        takes_contact=False,
        reason="Samme borger.",
        by=here.office.adviser,
        at=world.NOW,
    )


def protected(here):
    Citizen.objects.filter(pk=here.case.citizen_id).update(has_protected_address=True)


def of_case(name):
    return lambda here: reverse(name, args=[here.case.public_id])


def of(name, thing):
    return lambda here: reverse(name, args=[here.objects[thing].public_id])


def held_otherwise(here):
    Meeting.objects.filter(pk=here.objects["held"].pk).update(held_channel="video", held_channel_reason="Var syg")


def by_telephone(here):
    """The citizen has chosen so, and the law asks why a talk was held otherwise."""
    choose_channel(
        case_id=here.case.pk,
        channel=Channel.TELEPHONE,
        chosen_on=here.case.registered_on,
        meeting_id=None,
        by=here.office.adviser,
        at=world.NOW,
    )


def with_other(here):
    return f"{reverse('cases:join', args=[here.case.public_id])}?sag={another_record(here).label}"


def joint(action):
    return lambda here: f"{reverse('meetings:list_job', args=[here.objects['list_job'].public_id])}?handling={action}"


def of_act(name, status):
    def address(here):
        other = factories.user(organisation=None, role="administrator", is_staff=True)
        act = factories.draft_of_four_months(by=other, in_force_on=date(2027, 1, 1))
        if status == "published":
            Act.objects.filter(pk=act.pk).update(
                status="published", published_at=world.NOW, published_by=here.office.administrator
            )
        return reverse(f"admin:cases_act_{name}", args=[act.pk])

    return address


def young(here):
    return factories.case(
        here.office,
        registered_on=date(2023, 10, 2),
        at=datetime(2023, 10, 2, 11, tzinfo=UTC),
        target_group=4,
        by=here.office.caseworker,
        citizen=factories.citizen_details(born_on=date(2003, 5, 5)),
    )


@dataclass(frozen=True)
class Place:
    """A page with a form, by its name and what is special; who looks at it, and what must be so before."""

    name: str
    who: str
    address: Callable[[world.World], str]
    before: Callable[[world.World], Any] = lambda here: None
    # What is sent first: the page is the answer that refuses it.
    refused: dict[str, str] = field(default_factory=dict)
    at: datetime = world.NOW


STATES = [
    Place("cases:aim", "caseworker", lambda here: reverse("cases:aim", args=[young(here).public_id]), at=IN_2024),
    Place("cases:citizen, protected", "leader", of_case("cases:citizen"), protected),
    Place("cases:join, two shown", "adviser", with_other),
    Place("cases:reopen", "adviser", of_case("cases:reopen"), closed),
    Place("cases:separate", "adviser", of_case("cases:separate"), joined),
    Place("meetings:correct, held otherwise", "adviser", of("meetings:correct", "held"), held_otherwise),
    Place("meetings:enter, held otherwise", "adviser", of_case("meetings:enter"), by_telephone, ENTERED),
    Place("meetings:list_job, a message", "adviser", joint("message")),
    Place("meetings:list_job, cancelling", "adviser", joint("cancel")),
    Place("meetings:register, closed", "adviser", of("meetings:register", "waiting"), closed),
    Place("meetings:register, held otherwise", "adviser", of("meetings:register", "waiting"), by_telephone, BY_VIDEO),
    Place("admin:cases_act_change, a draft", "administrator", of_act("change", "draft")),
    Place("admin:cases_act_publish, a draft", "administrator", of_act("publish", "draft")),
    Place("admin:cases_act_withdraw, a law to come", "administrator", of_act("withdraw", "published")),
]

#: Every text area there is: a new one fails the test until it stands here.
AREAS = {
    "admin:cases_act_change, a draft": ["note", "values-0-note"],
    "admin:cases_act_health": ["note"],
    "admin:cases_act_publish, a draft": ["reason"],
    "admin:cases_act_withdraw, a law to come": ["reason"],
    "cases:aim": ["assessment", "reasons"],
    "cases:change_number": ["reason"],
    "cases:change_parties": ["reason"],
    "cases:citizen, protected": ["reason"],
    "cases:correct": ["reason"],
    "cases:hand_over": ["note"],
    "cases:hand_over_correct": ["reason"],
    "cases:hand_over_withdraw": ["reason"],
    "cases:hold": ["reason"],
    "cases:join, two shown": ["reason"],
    "cases:note_add": ["text"],
    "cases:pause_remove": ["reason"],
    "cases:place_anew": ["reason"],
    "cases:plan_write": ["education_goal", "job_goal", "job_search", "offers", "other_efforts"],
    "cases:reopen": ["reason"],
    "cases:separate": ["reason"],
    "cases:text_add": ["text"],
    "cases:text_change": ["text"],
    "duties:add": ["text"],
    "meetings:book": ["channel_reason"],
    "meetings:cancel": ["note"],
    "meetings:correct": ["note", "reason"],
    "meetings:correct, held otherwise": ["held_channel_reason", "note", "reason"],
    "meetings:enter": ["note"],
    "meetings:enter, held otherwise": ["held_channel_reason", "note"],
    "meetings:exemption_end": ["reason"],
    "meetings:hear": ["text"],
    "meetings:hearing_answer": ["answer"],
    "meetings:keep_duty": ["reason"],
    "meetings:list_job, a message": ["text"],
    "meetings:list_job, cancelling": ["note"],
    "meetings:move": ["channel_reason"],
    "meetings:no_show_withdraw": ["reason"],
    "meetings:notify": ["text"],
    "meetings:register": ["channel_reason", "note"],
    "meetings:register, closed": ["note"],
    "meetings:register, held otherwise": ["channel_reason", "held_channel_reason", "note"],
    "meetings:summon": ["text"],
    "meetings:withdraw": ["reason"],
    "referrals:assess": ["assessment"],
    "referrals:contact": ["note"],
    "referrals:grant": ["considerations", "facts", "legal_basis"],
    "referrals:offer_cancel": ["reason"],
    "referrals:offer_follow_up": ["note"],
    "referrals:offer_undo": ["reason"],
    "referrals:reject": ["considerations", "facts", "legal_basis", "party_consultation"],
    "referrals:undo": ["reason"],
    "referrals:withdraw": ["reason"],
    "referrals:write": ["joint_assessment", "proposal"],
}
#: The text of a value is asked for by a field of the value's own kind, which is no area.
NEVER_SHOWN = {("ValueForm", "text")}


def pages(here):
    """Every page that is looked at, the administration's too, with one of those who may."""
    for name, page in test_access.PAGES.items():
        visitor = next((visitor for visitor in world.VISITORS if page.who[visitor] == "ok"), None)
        if page.get == 200 and visitor and page.who["logged_out"] == 302:
            address = test_access.address(name, page, here)
            yield Place(name, visitor, lambda here, address=address: address)
    for name, address in test_access_to_administration.administration():
        yield Place(f"admin:{name}", "administrator", lambda here, address=address: address)


def test_no_form_loses_what_was_typed_when_the_session_ends_in_the_middle(office, now, subtests):
    here = world.build(office, now, is_handed_over=False)
    nothing_typed = {reverse(name) for name in ("logout", "admin:logout", "cases:keep_alive", "cases:search")}
    met, areas, shown = set(), {}, set()
    for place in [*STATES, *pages(here)]:
        with subtests.test(page=place.name), world.undone(), time_machine.travel(place.at, tick=False):
            place.before(here)
            address, client = place.address(here), here.client(place.who)
            opened = send(client, address, place.refused) if place.refused else client.get(address)
            if opened.status_code not in (200, 422) or not opened["Content-Type"].startswith("text/html"):
                assert place not in STATES, opened
                continue
            shown |= areas_in(opened)
            forms = forms_of(opened.content.decode(), address=address, words=WORDS)
            # Of many alike the last one.
            forms = [form for form in forms if form.action not in nothing_typed | met and "/cpr/" not in form.action]
            forms = list({form.action: form for form in forms}.values())
            met |= set() if place in STATES else {form.action for form in forms}
            if found := sorted(area for form in forms for area in form.areas):
                areas[place.name] = found
            if forms:
                ended_in_the_middle(client, here.user(place.who), address, forms)
    assert areas == AREAS
    assert {(kind.__name__, name) for kind in kinds() for name in areas_of(kind.base_fields)} - shown == NEVER_SHOWN


def ended_in_the_middle(client, user, address, forms):
    events = Event.objects.count()
    Session.objects.all().delete()
    for form in forms:
        answer = client.post(form.action, posts(form), headers={"Referer": f"http://testserver{address}"})
        assert (answer.status_code, "bevaret=1" in answer.url) == (302, True), answer.url
    enter(client, user)
    again = client.get(address).content.decode()

    filled = {form.action: form for form in forms_of(again, address=address)}
    told = 0
    for form in forms:
        # What only the answer that asked for it had a field for, is told beside the form.
        beside = set(form.areas) - set(filled[form.action].areas)
        stands, typed = ([pair for pair in one.typed if pair[0] not in beside] for one in (filled[form.action], form))
        assert stands == typed
        told += len(beside)
    assert again.count(f'<blockquote class="unsaved-words">{escape(WORDS.strip())}</blockquote>') == told
    assert again.count("Det blev ikke") == len(forms)
    assert Event.objects.count() == events


def posts(form):
    sent = defaultdict(list)
    for name, value in form.sent:
        sent[name].append(value)
    return sent


def kinds(kind=BaseForm):
    """The forms of the application."""
    for below in kind.__subclasses__():
        yield from kinds(below)
        if below.__module__.partition(".")[0] in ("cases", "meetings", "referrals"):
            yield below


def areas_of(fields):
    return [name for name, one in fields.items() if isinstance(one.widget, Textarea)]


def areas_in(response):
    """The kinds of forms on the page, those they are made of too, each with its text areas."""
    found = set()
    for context in response.context or ():
        for value in context.flatten().values():
            formsets = [one.formset for one in value if hasattr(one, "formset")] if isinstance(value, list) else []
            forms = [value, getattr(value, "form", None), *(form for one in formsets for form in one.forms)]
            for form in (form for form in forms if isinstance(form, BaseForm)):
                found |= {(kind.__name__, name) for kind in type(form).__mro__ for name in areas_of(form.fields)}
    return found


def test_a_page_that_leads_on_where_there_is_nothing_to_do_is_met_where_there_is():
    lead_on = {name for name, page in test_access.PAGES.items() if (page.get, page.post) == (302, 302)}
    # Of a code nothing is kept.
    lead_on -= {"second_step"}
    assert lead_on <= {place.name for place in STATES}
