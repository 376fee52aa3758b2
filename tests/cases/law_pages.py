"""What the tests of the administration of acts have in common."""

from datetime import date

from django.urls import reverse

from cases.law import services as law_services
from cases.models import ActValue
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from meetings.models import MeetingRule

KEY = FUND_RESPONSIBLE_MONTHS.key


def page(client, name, *args, **query):
    return client.get(reverse(f"admin:{name}", args=args), query)


def change_url(act):
    return reverse("admin:cases_act_change", args=[act.pk])


def publish_url(act):
    return reverse("admin:cases_act_publish", args=[act.pk])


def begun(by, *, in_force_on=date(2026, 6, 1), **fields):
    return law_services.create_draft(
        **{"title": "Kortere frist", "reference": "Lov nr. 12", "in_force_on": in_force_on, "by": by, **fields}
    )


def drafted(by, **fields):
    """A draft that holds together: two months with the fund, four with the municipality."""
    act = begun(by, **fields)
    ActValue.objects.create(act=act, key=KEY, text="2", legal_basis="§ 3")
    for order, (responsible, first, last) in enumerate([("fund", 1, 2), ("municipality", 3, 6)], start=1):
        MeetingRule.objects.create(
            act=act,
            order=order,
            kind="contact_interview",
            responsible=responsible,
            number=2,
            from_month=first,
            to_month=last,
            legal_basis="§ 4",
        )
    return act


def form_of(act, **changes):
    """What the form of a draft sends."""
    values, rules = list(act.values.order_by("key")), list(act.meeting_rules.order_by("order"))
    sent = {
        "title": act.title,
        "reference": act.reference,
        "in_force_on": f"{act.in_force_on:%Y-%m-%d}",
        "running_courses": act.running_courses,
        "source_url": "",
        "note": "",
        "as_read": law_services.fingerprint_of(act),
        "values-TOTAL_FORMS": len(values),
        "values-INITIAL_FORMS": len(values),
        "meeting_rules-TOTAL_FORMS": len(rules),
        "meeting_rules-INITIAL_FORMS": len(rules),
        "_continue": "Gem kladden",
    }
    for number, value in enumerate(values):
        told = {"id": value.pk, "act": act.pk, "text": value.text, "legal_basis": value.legal_basis}
        sent |= {f"values-{number}-{name}": stored for name, stored in told.items()}
    for number, rule in enumerate(rules):
        told = {"id": rule.pk, "act": act.pk, "due_days_after_registration": "", "certainty": ""}
        for name in ("kind", "responsible", "number", "from_month", "to_month", "legal_basis"):
            told[name] = getattr(rule, name)
        sent |= {f"meeting_rules-{number}-{name}": stored for name, stored in told.items()}
    return {**sent, **changes}
