"""What the pages of a referral share: who may open it, how a refusal is shown, and the page around it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from cases.accounts import access
from cases.accounts.access import Permission
from cases.models import Case, Purpose
from cases.request import AppRequest
from cases.rules.wording import day_text
from cases.web import case_views
from referrals.models import Referral
from referrals.rules.lifecycle import Recipient

View = Callable[..., HttpResponse]

#: How a recipient is named in an address.
RECIPIENTS = {"borger": Recipient.CITIZEN, "a-kasse": Recipient.FUND}


def of_referral(permission: Permission | None = None) -> Callable[[View], View]:
    """Give the view the referral that the address names: 404 outside one's reach, 403 without the permission."""

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: AppRequest, public_id: str, **more: Any) -> HttpResponse:
            visible = Referral.objects.visible_to(request.user).select_related(
                "written_by", "sent_by", "seen_by", "assessed_by", "decided_by", "withdrawn_by"
            )
            referral = get_object_or_404(visible, public_id=public_id)
            if permission is not None:
                access.require(request.user, permission)
            parties = Case.objects.with_parties().select_related("handover", "municipality__decision_limit")
            referral.case = parties.get(pk=referral.case_id)
            return view(request, referral, **more)

        return found

    return decorate


def intro_of(referral: Referral) -> str:
    start = f" fra den {day_text(referral.starts_on)}" if referral.starts_on else ""
    return f"Indstilling fra {referral.case.fund} til {referral.get_offer_type_display()}{start}."


def address_of(recipient: Recipient) -> str:
    return next(name for name, one in RECIPIENTS.items() if one == recipient)


def done(request: AppRequest, referral: Referral, text: str) -> HttpResponse:
    return case_views.done(request, referral.case, text, to=referral)


def show(request: AppRequest, referral: Referral, **page: Any) -> HttpResponse:
    return case_views.show(request, referral.case, **_around(referral) | page)


def reason_page(request: AppRequest, referral: Referral, **page: Any) -> HttpResponse:
    """See `case_views.reason_page`."""
    return case_views.reason_page(request, referral.case, about=referral, **_around(referral) | page)


def _around(referral: Referral) -> dict[str, Any]:
    return {
        "template": "referrals/referral/form.html",
        "purpose": Purpose.EFFORT,
        "referral": referral,
        "cancel_url": referral.get_absolute_url(),
    }
