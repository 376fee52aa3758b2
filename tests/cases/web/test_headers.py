"""What every answer tells the browser: what it may load, what it may keep, and how to read it."""

import pytest
from django.urls import reverse

PAGES = ("login", "worklist", "case", "file", "nobody", "live")


@pytest.fixture(params=PAGES)
def answer(request, office, case, log_in, client):
    address = {
        "login": reverse("login"),
        "worklist": reverse("meetings:worklist"),
        "case": reverse("meetings:course", args=[case.public_id]),
        "file": reverse("meetings:worklist_export", args=["csv"]),
        "nobody": "/findes-ikke/",
        "live": "/live",
    }[request.param]
    return (client if request.param in ("login", "live") else log_in(office.adviser)).get(address)


def test_nothing_of_others_is_loaded_and_no_page_stands_in_theirs(answer):
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))

    # Whatever is not named below, plugins among it, falls under the first.
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    ours = {
        name: sources for name, sources in policy.items() if name not in ("base-uri", "frame-ancestors", "report-uri")
    }
    assert {*ours.values()} == {"'none'", "'self'"}
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_it_is_read_as_what_it_says_it_is(answer):
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].endswith("; charset=utf-8")


def test_no_other_site_hears_where_somebody_was(answer):
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_file_is_saved_and_not_shown(log_in, office):
    answer = log_in(office.adviser).get(reverse("meetings:worklist_export", args=["csv"]))

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    assert answer.headers["Cache-Control"] == "no-store"
