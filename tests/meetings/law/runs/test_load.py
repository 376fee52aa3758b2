"""What an act costs: the load that a simulation tells is the load there is once the act is carried out."""

from datetime import date, timedelta

from django.urls import reverse

from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from meetings.law.runs import load
from meetings.models import LawLoad, LawRun
from tests import factories
from tests.meetings.law.runs.acts import EARLIER, draft_of, preview, publish, sums, to_the_end


def test_the_simulated_load_is_the_load_after_publishing_week_by_week(office, author, draft, cases):
    before = load.standing(load.days_of(LawRun(act=draft, judged_on=date(2026, 5, 4))))

    seen = preview(draft, author)
    publish(draft, office)
    to_the_end()

    after = load.standing(load.days_of(seen))
    assert sums(seen, "before") == before
    assert sums(seen, "after") == after
    assert before != after
    # Carrying it out costs no second count.
    assert not LawLoad.objects.exclude(run=seen).exists()


def test_the_load_of_an_act_that_moves_nothing_is_none(office, author, cases):
    seen = preview(draft_of(author, running_courses="keep"), author)

    assert load.of_run(seen) == []


def test_peak_week_and_missing_hours_are_told_for_each_organisation(client, office, author):
    # In the second of two weeks nobody has time: the office opens for less than the talks take.
    office.fund.opens_at, office.fund.closes_at = "09:00", "09:15"
    office.fund.save()
    for _ in range(3):
        factories.case(office, at=EARLIER, registered_on=date(2026, 4, 13))
    rows = [("fund", 2, 1, 1, 14), ("municipality", 2, 2, 6, None)]
    seen = preview(draft_of(author, values={FUND_RESPONSIBLE_MONTHS.key: "1"}, rows=rows), author)

    loads = load.of_run(seen)

    assert [one.name for one in loads] == ["Fagkassen", "Jobcenter Solby", "I alt"]
    fund = loads[0]
    # The second and third talk of three citizens were due in July; the second, and no third, is due in May.
    assert (fund.before, fund.after) == (6, 3)
    assert (fund.peak_before.first, fund.peak_before.before) == (date(2026, 7, 6), 6)
    assert (fund.peak.first, fund.peak.after, fund.hours_missing) == (date(2026, 5, 11), 3, 1.5)
    assert loads[-1].after == fund.after + loads[1].after

    client.force_login(office.administrator)
    page = client.get(reverse("admin:cases_act_run", args=[seen.public_id])).content.decode()
    assert "3 i uge 20" in page
    assert "Hvad loven koster" in page


def test_what_is_booked_and_what_is_free_is_the_room_there_is(office, author, cases, draft):
    seen = preview(draft, author)

    week = next(one for one in load.of_run(seen)[0].weeks if one.first == date(2026, 6, 8))
    # Two advisers from nine to three on five days, in half hours; what is booked takes none of it away.
    assert week.room == 2 * 5 * 12
    assert week.first + timedelta(weeks=1) in {one.first for one in load.of_run(seen)[0].weeks}
