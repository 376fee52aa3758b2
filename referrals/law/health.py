"""What right and duty adds to the health of the law: its deadlines that wait for a draft to be confirmed."""

from collections.abc import Mapping, Sequence

from django.db.models import Count, Q

from cases.law.health import falls_in
from cases.rules.period import Period
from cases.rules.wording import counted
from referrals.models import OfferDuty


def touched(spans: Mapping[str, Sequence[Period]]) -> Mapping[str, str]:
    """How many deadlines for an offer wait for each draft, all in one query."""
    counts = OfferDuty.objects.filter(Q(fulfilled_by=None) | Q(fulfilled_from__isnull=False)).aggregate(
        **{
            f"draft_{number}": Count("pk", filter=falls_in("due_on", periods))
            for number, periods in enumerate(spans.values())
        }
    )
    return {
        slug: counted(waiting, "frist for tilbud", "frister for tilbud")
        for number, slug in enumerate(spans)
        if (waiting := counts[f"draft_{number}"])
    }
