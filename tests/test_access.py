"""Every page and every visitor: who gets what, what is logged of it, and what is never told.

One table. A page that is not in it fails the suite. Those of the case come to it through both walls; for all others the
second is off, so that `visible_to` in every view must stop them alone (tests/test_two_walls.py has the second).
"""

import re
import uuid
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from django.contrib.messages import get_messages
from django.urls import get_resolver, reverse

from cases.models import AccessLog
from tests import wall as walls
from tests import world
from tests.page_names import page_names
from tests.world import VISITORS

#                adviser caseworker leader  other_adviser other_caseworker administrator logged_out
PARTIES = dict(zip(VISITORS, ("ok", "ok", "ok", 404, 404, 404, 302), strict=True))
FUND = dict(zip(VISITORS, ("ok", 403, "ok", 404, 404, 404, 302), strict=True))
MUNICIPALITY = dict(zip(VISITORS, (403, "ok", 403, 404, 404, 404, 302), strict=True))
STAFF = dict(zip(VISITORS, ("ok", "ok", "ok", "ok", "ok", 403, 302), strict=True))
# An import belongs to the organisation of whoever read the file.
IMPORTERS = dict(zip(VISITORS, ("ok", 404, "ok", 404, 404, 403, 302), strict=True))
# The letter to the citizen is the jobcenter's: the a-kasse reads its own notice.
DECIDERS = dict(zip(VISITORS, (404, "ok", 404, 404, 404, 404, 302), strict=True))
# What somebody typed is that one's alone.
WRITER = dict(zip(VISITORS, ("ok", 404, 404, 404, 404, 404, 302), strict=True))
# What is only chosen is that one's alone; whoever has no office moves nothing.
CHOOSER = {**WRITER, "administrator": 403}
# What an office writes to itself is its own.
WRITERS_PARTY = dict(zip(VISITORS, ("ok", 404, "ok", 404, 404, 404, 302), strict=True))
# An administrator of the rules works in no office.
WRITERS_PARTY_OR_403 = {**WRITERS_PARTY, "administrator": 403}
# A message to the citizen is its sender's: here the one who holds the course.
SENDERS = dict(zip(VISITORS, ("ok", 404, "ok", 404, 404, 404, 302), strict=True))
LEADERS_OF_A_PARTY = {**PARTIES, "adviser": 403, "caseworker": 403}  # give insight, and hold a case back
# Leaders keep the texts of their own office, and see its figures.
LEADERS = dict(zip(VISITORS, (403, 403, "ok", 403, 403, 403, 302), strict=True))
JOBCENTERS = dict(zip(VISITORS, (403, "ok", 403, 403, "ok", 403, 302), strict=True))
# A document is its own municipality's.
DOCUMENT = dict(zip(VISITORS, (403, "ok", 403, 403, 404, 403, 302), strict=True))
LOGGED_IN = dict(zip(VISITORS, ("ok", "ok", "ok", "ok", "ok", "ok", 302), strict=True))
EVERYBODY = dict.fromkeys(VISITORS, "ok")


@dataclass(frozen=True)
class Page:
    """Who may open a page while the fund holds the course, and what `ok` is for each method; else 405."""

    who: dict[str, str | int]
    get: int = 405
    post: int = 405
    # The object in the address.
    of: str = ""
    args: tuple[str, ...] = ()
    # What is posted; nothing finds the page's form with its errors.
    typed: dict[str, str] = field(default_factory=dict)
    # Who, once the jobcenter has the course; the same people where nothing is said.
    after: dict[str, str | int] | None = None
    # Whoever does not see what it removes is told that it is gone, as after a second click.
    removes: bool = False
    # A browser sends it by itself, without a token.
    has_no_token: bool = False
    # The one page that shows a CPR number.
    shows_cpr: bool = False


PAGES = {
    "login": Page(EVERYBODY, get=200, post=200),
    "logout": Page(EVERYBODY, post=302),
    **dict.fromkeys(("provider_begin", "provider_answer"), Page(EVERYBODY, get=302)),
    # One's own log-in; a link of invitation that leads to nothing is gone for everybody
    "invited": Page(EVERYBODY, get=410, post=410, args=(str(uuid.UUID(int=1)), "vaelg")),
    "own_login": Page(LOGGED_IN, get=200),
    **dict.fromkeys(("end_session", "second_step_app_forget"), Page(LOGGED_IN, post=302)),
    **dict.fromkeys(
        ("own_password", "prove_again", "second_step_app", "second_step_key"), Page(LOGGED_IN, get=200, post=422)
    ),
    "second_step": Page(LOGGED_IN, get=302, post=302),
    "second_step_key_forget": Page(WRITER, post=302, of="passkey"),
    "recovery_codes": Page({**dict.fromkeys(VISITORS, 302), "adviser": "ok"}, post=200),
    "live": Page(EVERYBODY, get=200),
    "ready": Page(EVERYBODY, get=200),
    # Nobody of a case, and not in production
    "components": Page(LOGGED_IN, get=200),
    # The worklist and the pages of a case
    "meetings:worklist": Page({**LOGGED_IN, "administrator": 302}, get=200),
    "meetings:next_row": Page(LOGGED_IN, get=302),
    "meetings:saved_views": Page(STAFF, get=200),
    "meetings:saved_view_add": Page(STAFF, get=200, post=422),
    "meetings:saved_view": Page(WRITER, get=200, post=422, of="view"),
    "meetings:saved_view_remove": Page(WRITER, post=302, of="view", removes=True),
    "meetings:worklist_export": Page(STAFF, get=200, args=("csv",)),
    "meetings:overview": Page(LEADERS, get=200),
    "meetings:overview_export": Page(LEADERS, get=200, args=("csv",)),
    "meetings:overview_list": Page(LEADERS, get=200),
    "meetings:overview_list_export": Page(LEADERS, get=200, args=("csv",)),
    "meetings:deputies": Page(LEADERS, get=200),
    "meetings:deputy_add": Page(LEADERS, get=200, post=422),
    "meetings:deputy_end": Page(LEADERS, post=302, of="deputy"),
    "meetings:unattended": Page(STAFF, get=200),
    "meetings:month_plans": Page(STAFF, get=200, post=422),
    "meetings:month_plan_absence": Page(STAFF, get=200, post=422),
    "meetings:month_plan": Page(IMPORTERS, get=200, of="month_plan"),
    "meetings:month_plan_decide": Page(IMPORTERS, post=302, of="month_plan", typed={"handling": "book"}),
    "meetings:list_job_choose": Page(STAFF, post=302),
    "meetings:list_job": Page(CHOOSER, get=200, post=422, of="list_job"),
    "meetings:month_plan_chosen": Page(CHOOSER, get=200, post=422, of="list_job"),
    "meetings:list_job_start": Page(CHOOSER, post=302, of="list_job"),
    "meetings:list_job_undo": Page(CHOOSER, post=302, of="list_job"),
    "meetings:calendar": Page(STAFF, get=200),
    "meetings:calendar_links": Page(STAFF, get=200, post=422),
    "meetings:calendar_feed_make": Page(STAFF, post=200),
    "meetings:calendar_feed_revoke": Page(STAFF, post=302),
    "meetings:busy_calendar_forget": Page(STAFF, post=302),
    # For a calendar that logs in nowhere: the address is the secret, and tells no more than the numbers of cases.
    "meetings:calendar_feed": Page(EVERYBODY, get=200, of="feed"),
    # When people can hold talks: one's own, and the office's by a leader
    "meetings:working_time": Page(STAFF, get=200),
    "meetings:working_time_of": Page(WRITERS_PARTY_OR_403, get=200, of="worker"),
    "meetings:working_hours": Page(WRITERS_PARTY_OR_403, get=200, post=422, of="worker", typed={"mandag": "x"}),
    "meetings:talk_caps": Page(WRITERS_PARTY_OR_403, get=200, post=422, of="worker", typed={"all": "0"}),
    "meetings:staff_absence_add": Page(WRITERS_PARTY_OR_403, get=200, post=422, of="worker"),
    "meetings:staff_absence": Page(WRITERS_PARTY, get=200, post=422, of="staff_absence"),
    "meetings:staff_absence_remove": Page(WRITERS_PARTY, post=302, of="staff_absence", removes=True),
    "meetings:closing_day": Page(LEADERS, get=200, post=422),
    "meetings:closing_day_forget": Page(LEADERS, post=302, of="closing_day"),
    "meetings:office_caps": Page(LEADERS, get=200, post=422, typed={"all": "0"}),
    "meetings:handovers": Page(LOGGED_IN, get=200),
    "meetings:course": Page(PARTIES, get=200, of="case"),
    "meetings:course_talks": Page(PARTIES, get=200, of="case"),
    "meetings:course_plan": Page(PARTIES, get=200, of="case"),
    "meetings:course_absence": Page(PARTIES, get=200, of="case"),
    "meetings:course_history": Page(PARTIES, get=200, of="case"),
    "meetings:course_facts": Page(PARTIES, get=200, of="case"),
    "meetings:course_whole": Page(PARTIES, get=200, of="case"),
    "meetings:on_day": Page(PARTIES, get=200, of="case"),
    "meetings:former_cases": Page(STAFF, get=200),
    "meetings:former_case": Page(WRITERS_PARTY, get=200, of="former"),
    "meetings:law_changes": Page(LOGGED_IN, get=200, of="law_run"),
    "meetings:law_changes_export": Page(STAFF, get=200, of="law_run", args=("csv",)),
    "meetings:as_if": Page(PARTIES, get=200, of="case"),
    # Meetings
    "meetings:book": Page(PARTIES, get=200, post=422, of="case"),
    "meetings:enter": Page(PARTIES, get=200, post=422, of="case"),
    "meetings:move": Page(FUND, get=200, post=422, of="booked", after=MUNICIPALITY),
    "meetings:cancel": Page(FUND, get=200, post=422, of="booked", after=MUNICIPALITY),
    "meetings:link": Page(FUND, get=200, post=422, of="booked", after=MUNICIPALITY, typed={"place": "http://x"}),
    "meetings:register": Page(FUND, get=200, post=422, of="waiting", after=MUNICIPALITY),
    "meetings:correct": Page(FUND, get=200, post=422, of="held", after=MUNICIPALITY),
    "meetings:channel": Page(PARTIES, get=200, post=422, of="case"),
    "meetings:fund_wish_at_first": Page(PARTIES, post=302, of="case", typed={"wish": "yes"}),
    "meetings:withdraw": Page(FUND, get=200, post=422, of="held", after=MUNICIPALITY),
    "meetings:no_show": Page(PARTIES, get=200, of="missed"),
    "meetings:hear": Page(FUND, get=200, post=422, of="missed", after=MUNICIPALITY),
    "meetings:notify": Page(FUND, get=200, post=422, of="missed", after=MUNICIPALITY),
    "meetings:summon": Page(FUND, get=200, post=422, of="missed", after=MUNICIPALITY),
    "meetings:hearing_answer": Page(FUND, get=200, post=422, of="no_show_step", after=MUNICIPALITY),
    "meetings:no_show_withdraw": Page(FUND, get=200, post=422, of="no_show_step", after=MUNICIPALITY),
    "meetings:hearings": Page(STAFF, get=200),
    "meetings:fund_wish": Page(PARTIES, post=302, of="booked", typed={"wish": "no"}),
    "meetings:exempt": Page(PARTIES, get=200, post=422, of="case"),
    "meetings:exemption_end": Page(PARTIES, get=200, post=422, of="exemption", removes=True),
    "meetings:keep_duty": Page(MUNICIPALITY, get=200, post=422, of="exemption"),
    # Referrals
    "referrals:list": Page(LOGGED_IN, get=200),
    "referrals:limit": Page(JOBCENTERS, get=200, post=422, typed={"days": "0"}),
    "referrals:write": Page(FUND, get=200, post=422, of="case"),
    "referrals:autosave": Page(FUND, post=422, of="case"),
    "referrals:discard": Page({**FUND, "caseworker": 404}, post=302, of="draft", removes=True),
    "referrals:referral": Page(PARTIES, get=200, of="pending"),
    "referrals:withdraw": Page(FUND, get=200, post=422, of="pending"),
    "referrals:see": Page(MUNICIPALITY, post=302, of="pending"),
    "referrals:assess": Page(MUNICIPALITY, get=200, post=422, of="pending"),
    "referrals:contact": Page(MUNICIPALITY, get=200, post=422, of="pending"),
    "referrals:grant": Page(MUNICIPALITY, get=200, post=422, of="pending"),
    "referrals:reject": Page(MUNICIPALITY, get=200, post=422, of="pending"),
    "referrals:undo": Page(MUNICIPALITY, get=200, post=422, of="rejected"),
    "referrals:letter": Page(DECIDERS, get=200, of="rejected", args=("borger",)),
    "referrals:give_letter": Page(MUNICIPALITY, get=200, post=422, of="rejected", args=("borger",)),
    # Offers: the a-kasse reads along
    "referrals:offers": Page(JOBCENTERS, get=200),
    "referrals:offer_overview": Page(JOBCENTERS, get=200),
    "referrals:offer_grant": Page(MUNICIPALITY, get=200, post=422, of="case"),
    "referrals:offer": Page(PARTIES, get=200, of="offer"),
    "referrals:offer_change": Page(MUNICIPALITY, get=200, post=422, of="offer"),
    "referrals:offer_start": Page(MUNICIPALITY, get=200, post=422, of="offer"),
    "referrals:offer_end": Page(MUNICIPALITY, get=200, post=422, of="running_offer"),
    "referrals:offer_cancel": Page(MUNICIPALITY, get=200, post=422, of="offer"),
    "referrals:offer_undo": Page(MUNICIPALITY, get=200, post=422, of="running_offer"),
    "referrals:offer_follow_up": Page(MUNICIPALITY, get=200, post=422, of="running_offer"),
    # Cases
    "cases:create": Page(STAFF, get=200, post=422),
    "cases:correct": Page(PARTIES, get=200, post=422, of="case"),
    "cases:citizen": Page(PARTIES, get=200, post=422, of="case"),
    "cases:tasks": Page(STAFF, get=200),
    "cases:note_add": Page(PARTIES, get=200, post=422, of="case"),
    "cases:note_finish": Page(WRITERS_PARTY, post=302, of="note"),
    "cases:note_reopen": Page(WRITERS_PARTY, post=302, of="note"),
    "cases:pause_add": Page(PARTIES, get=200, post=422, of="case"),
    "cases:pause_change": Page(PARTIES, get=200, post=422, of="pause"),
    "cases:pause_remove": Page(PARTIES, get=200, post=422, of="pause", removes=True),
    "cases:hours": Page(PARTIES, get=200, post=422, of="case"),
    "cases:hand_over": Page(FUND, get=200, post=422, of="case"),
    "cases:hand_over_correct": Page(FUND, get=200, post=422, of="case"),
    "cases:hand_over_withdraw": Page(FUND, get=200, post=422, of="case"),
    "cases:receive": Page(MUNICIPALITY, get=200, post=422, of="case"),
    "cases:assign": Page(PARTIES, get=200, post=422, of="case"),
    "cases:change_parties": Page(PARTIES, get=200, post=422, of="case"),
    "cases:change_number": Page(PARTIES, get=200, post=422, of="case"),
    "cases:join": Page(PARTIES, get=200, post=422, of="case"),
    "cases:separate": Page(PARTIES, get=302, post=302, of="case"),
    "cases:close": Page(PARTIES, get=200, post=422, of="case"),
    "cases:undo": Page(WRITER, post=302, of="change", after={**WRITER, "adviser": 404, "caseworker": "ok"}),
    "cases:reopen": Page(PARTIES, get=302, post=302, of="case"),
    "cases:place_anew": Page(PARTIES, get=200, post=422, of="case"),
    "cases:not_reached": Page(STAFF, get=200),
    "cases:post_book": Page(PARTIES, get=200, of="case"),
    "cases:post_letter": Page(SENDERS, get=200, of="dispatch", after=DECIDERS),
    "cases:post_again": Page(SENDERS, post=302, of="dispatch", after=DECIDERS),
    "cases:post_by_hand": Page(SENDERS, post=302, of="dispatch", after=DECIDERS),
    "cases:erasure": Page(LEADERS, get=200, post=302),
    "cases:erasure_approve": Page(LEADERS, post=302, of="erasure_run"),
    "cases:erasure_withdraw": Page(LEADERS, post=302, of="erasure_run"),
    "cases:hold": Page(LEADERS_OF_A_PARTY, get=200, post=422, of="case"),
    "cases:insight": Page(LEADERS_OF_A_PARTY, get=200, post=200, of="case"),
    "cases:plan": Page(PARTIES, get=200, of="case"),
    "cases:plan_write": Page(PARTIES, get=200, post=422, of="case"),
    "cases:plan_autosave": Page(PARTIES, post=422, of="case"),
    "cases:plan_discard": Page(PARTIES, post=302, of="case"),
    "cases:plan_compare": Page(PARTIES, get=200, of="case"),
    "cases:plan_version": Page(PARTIES, get=200, of="case", args=("1",)),
    "cases:plan_pdf": Page(PARTIES, get=200, of="case", args=("1",)),
    "cases:aim": Page(MUNICIPALITY, get=200, post=422, of="case"),
    "duties:list": Page(JOBCENTERS, get=200),
    "duties:add": Page(JOBCENTERS, get=200, post=422),
    "cases:texts": Page(LEADERS, get=200),
    "cases:text_add": Page(LEADERS, get=200, post=422),
    "cases:text_change": Page(LEADERS, get=200, post=422, of="standard_text"),
    "cases:text_use": Page(LEADERS, post=302, of="standard_text", typed={"brug": "nej"}),
    "duties:document": Page(DOCUMENT, get=200, of="document"),
    "cases:search": Page(STAFF, get=200, post=200, typed={"q": "Anne"}),
    "cases:suggest": Page(STAFF, post=200, typed={"q": "Anne"}),
    "cases:show_cpr": Page(PARTIES, get=302, post=200, of="case", shows_cpr=True),
    "cases:own_room": Page(STAFF, get=200, post=422, typed={"video_room": "http://x"}),
    "cases:csp_report": Page(LOGGED_IN, post=400, has_no_token=True),
    "cases:keep_alive": Page(LOGGED_IN, post=204),
    "cases:unsaved_draft": Page(LOGGED_IN, post=200, typed={"kladde_til": "/sager/ny/"}),
    "cases:unsaved_discard": Page(WRITER, post=302, of="unsaved", removes=True),
    "cases:accessibility": Page(EVERYBODY, get=200),
    # The law: shows nobody, so everybody who has logged in reads it, and nothing is logged
    "law:in_force": Page(LOGGED_IN, get=200),
    "law:compare": Page(LOGGED_IN, get=200),
    "law:history": Page(LOGGED_IN, get=200, args=("cases.fund_responsible_months",)),
    "law:acts": Page(LOGGED_IN, get=200),
    "law:act": Page(LOGGED_IN, get=200, args=("c-anden-delaftale-2",)),
    "law:calculator": Page(LOGGED_IN, get=200),
    "law:question": Page(LOGGED_IN, get=200, args=("tilbud",)),
    # Import
    "cases:import": Page(STAFF, get=200, post=422),
    "cases:import_template": Page(STAFF, get=200),
    "cases:import_run": Page(IMPORTERS, get=200, of="done_import"),
    "cases:import_start": Page(IMPORTERS, post=302, of="seen_import"),
    "cases:import_discard": Page(IMPORTERS, post=302, of="seen_import"),
    "cases:import_take_back": Page(IMPORTERS, post=302, of="done_import"),
    "cases:import_refused": Page(IMPORTERS, get=200, of="done_import"),
    "cases:import_row": Page(IMPORTERS, get=200, post=422, of="done_import", args=("3",)),
}


#: Logged with what they found, also when that is nobody.
FOUND_NOBODY = (
    "cases:import_refused",
    "cases:import_row",
    "cases:search",
    "cases:suggest",
    "meetings:worklist_export",
    "meetings:overview_list_export",
    "meetings:law_changes_export",
)


def test_every_page_is_in_the_table():
    assert sorted(PAGES) == sorted(set(page_names(get_resolver().url_patterns)))


@pytest.fixture(params=[False, True], ids=["the a-kasse holds the course", "the jobcenter holds the course"])
def here(office, now, request):
    """The same people and the same case, before and after the handover."""
    return world.build(office, now, is_handed_over=request.param)


one_phase = pytest.mark.parametrize("here", [False], indirect=True, ids=["whoever holds the course"])


def address(name, page, here=None):
    """With a world the address of what is there; without, of something that does not exist."""
    ids = [here.objects[page.of].public_id if here else uuid.uuid4()] if page.of else []
    return reverse(name, args=[*ids, *page.args])


def who_may(page, here):
    return page.after if page.after and here.is_handed_over else page.who


def asked(page):
    """The methods that the page takes, each with its answer to whoever may ask."""
    return [(method, ok) for method, ok in (("get", page.get), ("post", page.post)) if ok != 405]


def who_asks(page, here):
    """Everybody; where the table knows of no change by the handover, the two it is between show that there is none."""
    return ("adviser", "caseworker") if here.is_handed_over and not page.after else VISITORS


def questions(here):
    """Each page, method and visitor that is asked of this world, and the status that the table says."""
    for name, page in PAGES.items():
        who = who_may(page, here)
        for method, ok in asked(page):
            for visitor in who_asks(page, here):
                told = 302 if who[visitor] == 404 and page.removes and method == "post" else who[visitor]
                yield name, page, method, visitor, ok if told == "ok" else told


def ask(client, method, url, page):
    # A browser sends the token with every form, also with one that is empty otherwise.
    return client.post(url, {"csrfmiddlewaretoken": "", **page.typed}) if method == "post" else client.get(url)


def test_each_page_answers_each_visitor_as_the_table_says(here, subtests, caplog):
    everybody, logged_before = here.everybody(), AccessLog.objects.count()
    numbers = [case.citizen.cpr_number for case in everybody]
    persons = {visitor: here.persons_of(visitor) for visitor in VISITORS}
    not_found = {visitor: _not_found(here, visitor) for visitor in VISITORS}

    # The jobcenter's own lists, too, are asked without the second, once it holds the course.
    both_walls = ("adviser",) if here.is_handed_over else ("adviser", "caseworker")
    for name, page, method, visitor, status in questions(here):
        with (
            subtests.test(method=method, page=name, visitor=visitor),
            world.undone(),
            nullcontext() if visitor in both_walls else walls.first_alone(),
            walls.noted_writes() as written,
        ):
            user, may_see = here.user(visitor), persons[visitor]
            response = ask(here.client(visitor), method, address(name, page, here), page)
            told = world.text_of(response)
            logged = list(AccessLog.objects.order_by("pk")[logged_before:])

            assert response.status_code == status
            if status in (403, 404):
                assert written == []
            if status == 404:
                assert _without_tokens(response) == not_found[visitor]
            if user is None and status == 302:
                assert response.url.startswith(reverse("login"))
            if user is not None and status != 302:
                assert "no-store" in response.get("Cache-Control", "")
            _only_own_citizens_are_shown(told, everybody, may_see)
            _what_is_shown_is_logged(told, may_see, logged, name=name, user=user)
            if not (page.shows_cpr and status == 200):
                assert _numbers_in(told, numbers) == []
    # Nobody tried to log one either: the mask never had to do its work.
    assert [*_numbers_in(caplog.text, numbers), *re.findall("•{6}", caplog.text)] == []


@one_phase
def test_what_does_not_exist_answers_like_what_is_others(here, subtests):
    """On every page and by every method, for one of those whom the page tells nothing of what there is."""
    not_found = {visitor: _not_found(here, visitor) for visitor in VISITORS}
    for name, page in PAGES.items():
        visitor = next((visitor for visitor in VISITORS if page.who[visitor] == 404), None)
        for method, _ in asked(page) if visitor else ():
            with subtests.test(method=method, page=name), world.undone():
                response = ask(here.client(visitor), method, address(name, page), page)

                if page.removes and method == "post":
                    others = ask(here.client(visitor), method, address(name, page, here), page)
                    assert _is_gone(response) == _is_gone(others)
                else:
                    assert (response.status_code, _without_tokens(response)) == (404, not_found[visitor])


def _not_found(here, visitor):
    """The visitor's one answer to all that he may not know of: it is the same on every page."""
    return _without_tokens(here.client(visitor).get(reverse("meetings:course", args=[uuid.uuid4()])))


def _is_gone(response):
    [said] = get_messages(response.wsgi_request)
    return response.status_code, response.url, str(said)


def _without_tokens(response):
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)


def _numbers_in(text, numbers):
    return [number for number in numbers if number in text or number.replace("-", "") in text]


def _only_own_citizens_are_shown(told, everybody, may_see):
    others = [case.citizen.name for case in everybody if case.citizen.name not in may_see]
    assert [name for name in others if name in told] == []


def _what_is_shown_is_logged(told, may_see, logged, *, name, user):
    """One row for an answer that shows persons, with exactly their cases; none for an answer that shows nobody."""
    shown = sorted(pk for person, pk in may_see.items() if person in told)
    if shown:
        assert [(row.cases, row.route, row.user) for row in logged] == [(shown, name, user)]
    else:
        assert [row for row in logged if row.cases or name not in FOUND_NOBODY] == []


@one_phase
def test_a_page_takes_no_other_method(here, subtests):
    """Asked by whom the page refuses, where it refuses anybody: the method comes first, and a refusal draws no page."""
    # Django's own log-in page reads a PUT as a POST.
    for name, page in ((name, page) for name, page in PAGES.items() if name != "login"):
        with subtests.test(page=name), world.undone():
            who, url = who_may(page, here), address(name, page, here)
            refused = next((visitor for visitor in VISITORS if who[visitor] in (403, 404)), None)
            client = here.client(refused) if refused else _somebody_who_may(page, here)
            others = {"PUT": 405, "PATCH": 405, "DELETE": 405, "TRACE": 405}
            others |= {method: 405 for method in ("GET", "POST") if method.lower() not in dict(asked(page))}
            others["HEAD"] = who[refused] if refused and page.get != 405 else page.get

            assert {method: client.generic(method, url).status_code for method in others} == others


@one_phase
def test_a_post_without_a_token_is_refused(here, subtests):
    for name, page in PAGES.items():
        with subtests.test(page=name), world.undone():
            if page.post != 405 and not page.has_no_token:
                client = _somebody_who_may(page, here, enforce_csrf_checks=True)

                assert ask(client, "post", address(name, page, here), page).status_code == 403


def _somebody_who_may(page, here, **more):
    who = who_may(page, here)
    return here.client(next(visitor for visitor in VISITORS if who[visitor] == "ok"), **more)
