"""A change of the law in a browser: drafted, tried on the live cases, published by a colleague, and carried out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect

from cases.models import Act, Case, Reminder, Role, User
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from meetings.models import ChangeKind, LawRun, Meeting, RequiredMeeting
from meetings.owing.kinds import ReminderKind
from tests import factories
from tests.browser.conftest import PATIENCE_SECONDS, Site, Visitor
from tests.factories import SmallOffice

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker_and_beat")]

MONDAY_MORNING = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
EARLIER = datetime(2026, 5, 1, 7, 0, tzinfo=UTC)
DAY = date(2026, 6, 1)
TITLE = "A-kassen i fire måneder"
ACTS = "/administration/cases/act"

Deadlines = dict[tuple[int, str], date]


@dataclass(kw_only=True)
class LawOffice(SmallOffice):
    """With two administrators."""

    drafter: User
    colleague: User


@pytest.fixture
def office(site: Site) -> LawOffice:
    """A fund and a municipality with one person each, and two administrators."""
    site.move_clock(to=MONDAY_MORNING)

    def administrator(username: str) -> User:
        return factories.user(organisation=None, role=Role.ADMINISTRATOR, username=username, is_staff=True)

    return LawOffice(**vars(factories.small_office()), drafter=administrator("lone"), colleague=administrator("per"))


@pytest.fixture
def cases(office: LawOffice) -> list[Case]:
    """Four courses under way, one of them with a booking, and one that is nearly over."""
    begun = [date(2026, 4, 13), date(2026, 4, 20), date(2026, 3, 23), date(2026, 3, 9), date(2025, 12, 1)]
    return [factories.case(office, registered_on=day, at=EARLIER) for day in begun]


def deadlines() -> Deadlines:
    """What the law demands of every case, as it is stored now."""
    return {
        (row.case_id, f"{row.kind}/{row.responsible}/{row.number}"): row.due_on
        for row in RequiredMeeting.objects.current()
    }


def told_by(run: LawRun) -> set[tuple[object, ...]]:
    """All that a run says, but for itself."""
    return set(
        run.changes.values_list(
            "case", "organisation", "worker", "kind", "key", "about", "day_before", "day_after", "text"
        )
    )


def as_told(before: Deadlines, run: LawRun) -> Deadlines:
    """The deadlines that should stand when all that the run tells is done."""
    after = dict(before)
    for change in run.changes.all():
        place = (change.case_id, change.key)
        if change.kind == ChangeKind.VANISHES:
            del after[place]
        elif change.kind in (ChangeKind.MOVES, ChangeKind.APPEARS):
            after[place] = change.day_after
    return after


def test_a_draft_is_tried_published_by_a_colleague_and_carried_out_as_it_was_seen(
    office: LawOffice, cases: list[Case], site: Site, visitor: Callable[..., Visitor]
) -> None:
    booked = factories.book(cases[0], office.adviser, datetime(2026, 6, 10, 9, 0, tzinfo=UTC), at=EARLIER)
    before = deadlines()

    # Lone drafts it.
    lone = visitor().log_in("lone")
    page = lone.page
    lone.open(f"{ACTS}/add/")
    lone.judge()
    page.get_by_label("Titel").fill(TITLE)
    page.get_by_label("Henvisning").fill("Lov nr. 12 af 1. april 2026")
    page.get_by_label("I kraft fra").fill(DAY.isoformat())
    page.get_by_label(re.compile("Løbende forløb flytter")).check()
    lone.click("button", "Begynd kladden")
    lone.judge()
    draft = Act.objects.get(title=TITLE)

    lone.click("button", "Gem, og vælg flere regelværdier")
    lone.judge()
    page.get_by_label(FUND_RESPONSIBLE_MONTHS.description, exact=True).check()
    page.get_by_label(re.compile("Hjemmel")).fill("§ 3")
    lone.click("button", "Føj til kladden")
    value = page.get_by_role("group", name=FUND_RESPONSIBLE_MONTHS.description)
    value.get_by_role("textbox").first.fill("4")
    _write_table(page, [("fund", 4, 1, 4, "14"), ("municipality", 2, 5, 6, "")])
    # Advisers are told of adopted law alone.
    page.get_by_label(re.compile("oven er vedtaget")).check()
    lone.click("button", "Gem kladden")
    lone.judge()
    assert [(value.key, value.text) for value in draft.values.all()] == [(FUND_RESPONSIBLE_MONTHS.key, "4")]
    assert [(row.responsible, row.number, row.from_month, row.to_month) for row in draft.meeting_rules.all()] == [
        ("fund", 4, 1, 4),
        ("municipality", 2, 5, 6),
    ]

    # She tries it on the cases, leaves the page while it runs, and finds it again.
    lone.click("button", "Prøv på sagerne")
    lone.judge()
    lone.open(f"{ACTS}/{draft.pk}/change/")
    lone.follow(page.locator("#sagerne").get_by_role("link").first)
    headline = page.locator("h2.headline")
    expect(headline).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    lone.judge()
    seen = LawRun.objects.get()
    assert (seen.kind, seen.state) == ("simulation", "done")
    assert seen.changes.filter(kind=ChangeKind.MOVES).count() >= 4
    for kind in seen.changes.values_list("kind", flat=True).distinct():
        count = seen.changes.filter(kind=kind).count()
        column = page.get_by_role("columnheader", name=ChangeKind(kind).label.capitalize(), exact=True)
        place = column.evaluate("head => head.cellIndex")
        assert page.locator("table.counts tfoot tr > *").nth(place).inner_text() == str(count)
    assert deadlines() == before

    # Each number leads to its list, and a case is a sample without a name.
    lone.follow(page.locator("table.counts tfoot a").nth(1))
    lone.judge()
    lone.follow(page.get_by_role("table").get_by_role("link").first)
    lone.judge()
    assert not [case for case in cases if case.citizen.name in page.content()]

    # What she wrote she cannot publish.
    lone.open(f"{ACTS}/{draft.pk}/offentliggoer/")
    lone.judge()
    expect(page.locator("#content")).to_contain_text("Du har selv skrevet i kladden")
    expect(page.get_by_role("button", name="Offentliggør")).to_have_count(0)

    # An adviser asks the same of one case, and it changes nothing.
    anne = visitor().log_in("anne")
    anne.open(f"/sager/{cases[0].public_id}/oplysninger/")
    anne.follow(anne.page.get_by_role("link", name="Som om en anden lov gjaldt"))
    anne.judge()
    anne.page.get_by_label("Hvad vil du se sagen efter?").select_option(draft.slug)
    anne.click("button", "Vis sagen")
    anne.judge()
    for change in seen.changes.filter(case=cases[0], kind=ChangeKind.MOVES):
        expect(anne.page.get_by_role("main")).to_contain_text(f"{change.day_after:%d-%m-%Y}")
    assert deadlines() == before

    # Per, a colleague, sees the same numbers, and publishes with a reason.
    per = visitor().log_in("per")
    per.open(f"{ACTS}/{draft.pk}/offentliggoer/")
    per.judge()
    expect(per.page.locator("#sagerne")).to_contain_text(f"{seen.changes.filter(kind='moves').count()} frister flytter")
    per.page.get_by_label("Begrundelse").fill("Vedtaget, og kontrolleret af juristen.")
    per.click("button", "Offentliggør")
    per.judge()
    expect(per.page.locator("#content")).to_contain_text("Genplanlægning efter offentliggørelsen")
    carried_out = LawRun.objects.get(kind="replan")
    site.wait_for("The re-planning", lambda: LawRun.objects.filter(pk=carried_out.pk, state="done").exists())

    # What was seen is what was done, row by row.
    carried_out.refresh_from_db()
    assert told_by(carried_out) == told_by(seen)
    assert deadlines() == as_told(before, seen)
    booked.refresh_from_db()
    assert booked.status == "booked"
    assert Meeting.objects.count() == 1
    per.open(f"{ACTS}/{draft.pk}/change/")
    per.judge()
    expect(per.page.locator("#content").locator("textarea, select, input:not([type=hidden])")).to_have_count(0)

    # Every moved deadline stands on its case, with the act that moved it.
    for case in {change.case for change in seen.changes.filter(kind=ChangeKind.MOVES)}:
        anne.open(f"/sager/{case.public_id}/hele/")
        told = anne.page.get_by_role("main").inner_text()
        for change in seen.changes.filter(case=case, kind__in=(ChangeKind.MOVES, ChangeKind.APPEARS)):
            assert f"{change.day_after:%d-%m-%Y}" in told
        assert f"{TITLE}: planen er beregnet igen." in told
    anne.judge()

    # Anne has one message, and from her worklist the page of changes.
    site.wait_for("The message", lambda: [mail for mail in site.mails() if _is_news_to(mail, office.adviser)])
    news = Reminder.objects.filter(kind=ReminderKind.LAW_CHANGED, user=office.adviser)
    assert news.count() == 1
    assert len([mail for mail in site.mails() if _is_news_to(mail, office.adviser)]) == 1
    anne.open("/")
    anne.follow(anne.page.get_by_role("link", name=re.compile("Loven er ændret")))
    anne.judge()
    for change in seen.changes.filter(organisation=office.fund, kind=ChangeKind.MOVES).select_related("case__citizen"):
        expect(anne.page.get_by_role("main")).to_contain_text(change.case.citizen.name)


def _write_table(page: Page, rows: list[tuple[str, int, int, int, str]]) -> None:
    for row, (held_by, number, first, last, days) in enumerate(rows, start=1):

        def cell(label: str, row: int = row) -> object:
            return page.get_by_label(f"{label}, række {row}", exact=True)

        cell("Holdes af").select_option(held_by)
        cell("Antal").fill(str(number))
        cell("Samtale").select_option("contact_interview")
        cell("Fra måned").fill(str(first))
        cell("Til og med måned").fill(str(last))
        cell("Den første senest dage efter tilmelding").fill(days)
        cell("Hjemmel").fill("§ 4")


def _is_news_to(mail: object, user: object) -> bool:
    return mail["To"] == user.email and TITLE in mail.get_body(("plain",)).get_content()
