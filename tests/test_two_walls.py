"""Two walls stand between an organisation and the citizens of others, and each holds alone.

The first is `visible_to` in every view, the second are the policies of the database. That the first holds where the
second is off is said by the table of test_access.py, in the same walk as all it says.
"""

import pytest
from django.db import connection

from cases.operation import policies
from tests import wall as walls
from tests import world
from tests.test_access import PAGES, address, ask, asked

#: Every table that no policy governs, and why no row of it is shown or kept by an organisation.
OUTSIDE = {
    # Who logs in, and how
    "auth_group": "rights of staff",
    "auth_group_permissions": "rights of staff",
    "auth_permission": "rights of staff",
    "axes_accessattempt": "log-ins",
    "axes_accessattemptexpiration": "log-ins",
    "axes_accessfailurelog": "log-ins",
    "axes_accesslog": "log-ins",
    "cases_authenticatorapp": "log-ins",
    "cases_doorcount": "how often somebody came to a door",
    "cases_passkey": "log-ins",
    "cases_provideridentity": "log-ins",
    "cases_recoverycode": "log-ins",
    "cases_securityevent": "log-ins and refusals, read by administrators",
    "cases_team": "staff",
    "cases_user": "staff; asked before it is known who asks",
    "cases_user_groups": "rights of staff",
    "cases_user_user_permissions": "rights of staff",
    "django_session": "sessions; asked before it is known who asks",
    # The time and the habits of staff
    "cases_deputy": "staff",
    "meetings_busycalendar": "staff",
    "meetings_busytime": "staff",
    "meetings_calendarfeed": "staff; the address is the secret",
    "meetings_savedview": "staff",
    "meetings_staffabsence": "staff",
    "meetings_talkcap": "staff",
    "meetings_workinghours": "staff",
    "cases_unsavedform": "what one person typed, kept for that person; written when the log-in has run out",
    # What everybody may know
    "cases_organisation": "names and addresses of offices",
    "meetings_closingday": "when an office is closed",
    "referrals_decisionlimit": "how soon an office decides",
    # The law
    "cases_act": "law",
    "cases_act_writers": "law",
    "cases_actvalue": "law",
    "cases_actwithdrawal": "law",
    "cases_lawreview": "law",
    "meetings_explanation": "days, reasons and law of a deadline, and nobody's name; whose it is, the requirement says",
    "meetings_lawload": "figures of an act",
    "meetings_lawrun": "figures of an act",
    "meetings_lawrunbatch": "numbers of cases, read by workers",
    "meetings_meetingrule": "law",
    # Operation
    "cases_accesslog": "who read which numbers of cases; written by everybody, read by administrators",
    "cases_erasure": "numbers of what was erased, and no name",
    "cases_erasurerun": "who proposed and approved an erasure",
    "cases_keycheck": "operation",
    "cases_logcheck": "operation",
    "cases_logreseal": "operation",
    "cases_logseal": "operation",
    "cases_sweeprun": "operation",
    "django_admin_log": "what administrators did",
    "django_content_type": "Django",
    "django_migrations": "Django",
}
#: Those who are party to nothing of the case that the pages are of.
STRANGERS = ("other_adviser", "other_caseworker", "administrator")
#: Those who are, and of whose lists the others must stay out.
OWN = ("leader", "caseworker")


def test_every_table_is_behind_the_wall_or_says_why_not(db):
    tables = set(connection.introspection.table_names())

    assert tables == policies.conditions().keys() | OUTSIDE.keys()
    assert not policies.conditions().keys() & OUTSIDE.keys()


# Walked


@pytest.fixture
def here(office, now):
    return world.build(office, now, is_handed_over=False)


def test_the_second_wall_alone_keeps_strangers_out_of_every_page(here, subtests, monkeypatch):
    everybody, persons = here.everybody(), {visitor: here.persons_of(visitor) for visitor in (*STRANGERS, *OWN)}
    walls.switch_off_the_first_wall(monkeypatch)
    for name, page in PAGES.items():
        for method, _ in asked(page):
            for visitor in (*STRANGERS, *OWN) if method == "get" else STRANGERS:
                with (
                    subtests.test(page=name, method=method, visitor=visitor),
                    world.undone(),
                    walls.noted_writes() as written,
                ):
                    client = here.client(visitor)
                    # Without the first wall a page may stumble over what it does not find: it tells nothing either.
                    client.raise_request_exception = False
                    told = world.text_of(ask(client, method, address(name, page, here), page))

                    strange = [case.citizen.name for case in everybody if case.citizen.name not in persons[visitor]]
                    assert [name for name in strange if name in told] == []
                    if visitor in STRANGERS:
                        assert written == []
