"""What exempts from meetings: whole or not at all, and back again when it ends."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from cases.models import Event
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings.exemptions import services as exemptions_services
from meetings.rules.exemption import NotExempt
from tests import factories
from tests.meetings.steps import everything


class TestExemptions:
    def exempt(self, case, by, at, **changes):
        facts = {
            "reason": ExemptionReason.ORDINARY_JOB,
            "span": Period(date(2026, 5, 4), date(2026, 6, 8)),
            "documented_on": date(2026, 5, 4),
            "starts_on": date(2026, 6, 8),
            "document": "Ansættelseskontrakt",
        }
        return exemptions_services.exempt(case_id=case.pk, by=by, at=at, **{**facts, **changes})

    def test_deadlines_in_it_are_postponed_and_back_again_when_it_ends(self, case, office, now):
        before = sorted(case.required_meetings.current().values_list("number", "due_on"))
        case_with_deadline = factories.case(office, registered_on=date(2026, 4, 27))
        first = case_with_deadline.required_meetings.current().order_by("due_on").first()
        exemption = self.exempt(case_with_deadline, office.adviser, now)
        postponed = case_with_deadline.required_meetings.current().get(
            kind=first.kind, responsible=first.responsible, number=first.number
        )
        assert postponed.due_on > first.due_on
        exemptions_services.end_exemption(
            exemption_id=exemption.pk, reason="Jobbet blev aflyst.", by=office.adviser, at=now
        )
        back = case_with_deadline.required_meetings.current().get(
            kind=first.kind, responsible=first.responsible, number=first.number
        )
        assert back.due_on == first.due_on
        assert "Jobbet blev aflyst" in Event.objects.filter(kind="meetings.exemption_removed").get().text
        assert sorted(case.required_meetings.current().values_list("number", "due_on")) == before

    def test_the_jobcenter_may_keep_the_duty(self, office, now):
        case = factories.case(office, registered_on=date(2026, 4, 27))
        due = sorted(case.required_meetings.current().values_list("number", "due_on"))
        exemption = self.exempt(case, office.caseworker, now)
        kept = exemptions_services.keep_duty(
            exemption_id=exemption.pk, reason="Usikkert job.", by=office.caseworker, at=now
        )
        assert kept.is_duty_kept
        assert sorted(case.required_meetings.current().values_list("number", "due_on")) == due
        before = everything(case)
        exemptions_services.keep_duty(exemption_id=exemption.pk, reason="Usikkert job.", by=office.caseworker, at=now)
        assert everything(case) == before

    def test_what_the_law_does_not_exempt_is_refused_whole(self, case, office, now):
        before = everything(case)
        with pytest.raises(NotExempt, match="mere end 6 uger"):
            self.exempt(case, office.adviser, now, starts_on=date(2026, 8, 1))
        assert everything(case) == before

    def test_two_in_the_same_days_are_refused(self, case, office, now):
        self.exempt(case, office.adviser, now)
        before = everything(case)
        with pytest.raises(ValidationError, match="allerede en fritagelse"):
            self.exempt(case, office.adviser, now, document="En anden kontrakt")
        assert everything(case) == before

    def test_a_concrete_assessment_needs_a_share_in_the_law(self, case, office, now):
        with pytest.raises(NotExempt, match="loven giver ingen andel"):
            self.exempt(case, office.caseworker, now, reason=ExemptionReason.CONCRETE_ASSESSMENT, starts_on=None)
