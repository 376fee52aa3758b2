"""The way from the worklist to the receipt, on the pages."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse

from meetings.list_jobs import services
from meetings.models import ListAction, ListJob, ListJobState
from tests.cases.pages import errors, said
from tests.meetings.list_jobs.steps import cases_with_talks, colleagues, done, owners, to, work

CHOOSE = reverse("meetings:list_job_choose")


@pytest.fixture
def leader(client, office):
    client.force_login(office.leader)
    return client


def choose(client, cases):
    return client.post(CHOOSE, {"sag": [str(case.public_id) for case in cases]})


def test_the_rows_that_are_ticked_or_all_that_match_go_on(leader, office, now):
    cases = cases_with_talks(office, 3, at=now, talks=False)

    page = leader.get("/?scope=organisation").content.decode()
    assert f'name="sag" value="{cases[0].public_id}"' in page
    assert "Alle 3, der passer til filteret" in page
    choose(leader, cases[:2])
    leader.post(f"{CHOOSE}?{urlencode({'scope': 'organisation'})}", {"alle": "ja"})

    assert [job.rows.count() for job in ListJob.objects.order_by("pk")] == [2, 3]


@pytest.mark.parametrize("sag", [[], ["intet"], ["6b9f7d8e-4f0e-4f64-8f0c-2f8a4f0e4f64"]])
def test_without_any_row_one_is_led_back_to_the_list(leader, sag):
    answer = leader.post(f"{CHOOSE}?tile=overdue", {"sag": sag})

    assert answer.url == "/?tile=overdue"
    assert "Vælg mindst én sag på listen." in said(answer)


def test_from_the_choice_to_the_receipt_and_back_again(leader, office, now):
    cases = cases_with_talks(office, 3, at=now)
    first, second = colleagues(office, 2)
    url = choose(leader, cases).url

    page = leader.get(url)
    assert page.context["heading"] == "3 sager er valgt"
    assert errors(leader.post(url, {})) == "Vælg mindst én kollega."
    leader.post(url, {"receivers": [str(first.public_id), str(second.public_id)]})
    page = leader.get(url)
    assert page.context["heading"] == "Tildel 3 sager?"
    assert page.context["shares"] == f"{first} 2 og {second} 1."
    assert "Intet er gjort endnu." in page.content.decode()

    leader.post(f"{url}udfoer/")
    assert "Opdatér nu" in leader.get(url, headers={"HX-Request": "true"}).content.decode()
    work(now)
    assert leader.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = leader.get(url).content.decode()
    assert "3 sager er tildelt" in page
    assert f"{url}fortryd/" in page

    leader.post(f"{url}fortryd/")
    work(now)
    assert "3 sager er, som de var." in leader.get(url).content.decode()
    assert owners(cases) == [office.adviser] * 3


@pytest.mark.parametrize("wrong", ["intet", "6b9f7d8e-4f0e-4f64-8f0c-2f8a4f0e4f64"])
def test_only_colleagues_can_be_chosen(leader, office, now, wrong):
    url = choose(leader, cases_with_talks(office, 1, at=now, talks=False)).url

    assert "arbejder her ikke mere" in errors(leader.post(url, {"receivers": [wrong]}))
    assert "arbejder her ikke mere" in errors(leader.post(url, {"receivers": [str(office.caseworker.public_id)]}))
    assert ListJob.objects.get().state == ListJobState.CHOSEN


def test_after_ten_minutes_the_receipt_has_no_button_and_the_button_says_why(leader, office, now):
    job = done(cases_with_talks(office, 1, at=now, talks=False), colleagues(office, 1), office.leader, at=now)

    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        leader.force_login(office.leader)
        assert "fortryd/" not in leader.get(job.get_absolute_url()).content.decode()
        assert "mere end 10 minutter" in said(leader.post(f"{job.get_absolute_url()}fortryd/"))


def test_a_colleague_reads_what_was_done_and_cannot_undo_it(log_in, office, now):
    job = done(cases_with_talks(office, 1, at=now, talks=False), [office.colleague], office.leader, at=now)
    client = log_in(office.colleague)

    assert "1 sag er tildelt" in client.get(job.get_absolute_url()).content.decode()
    assert "fortryd/" not in client.get(job.get_absolute_url()).content.decode()
    assert client.post(f"{job.get_absolute_url()}fortryd/").status_code == 404


def test_the_choice_is_made_again_until_it_is_begun(leader, office, now):
    cases = cases_with_talks(office, 1, at=now, talks=False)
    url = choose(leader, cases).url
    leader.post(url, {"receivers": [str(office.colleague.public_id)]})

    page = leader.get(f"{url}?handling=assign")
    assert page.context["form"].initial == {"receivers": [str(office.colleague.public_id)]}
    job = ListJob.objects.get()
    services.start(job_id=job.pk, at=now)
    with pytest.raises(services.TooLate, match="sat i gang"):
        services.preview(job_id=job.pk, action=ListAction.ASSIGN, terms=to([office.colleague]), at=now)
