"""Parts of a whole, as the public statistics round them."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from meetings.rules.kinds import Channel


class Share(NamedTuple):
    """A part beside the whole that it is of."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """In percent with one decimal, the half up; None of nothing."""
        if not self.whole:
            return None
        return (Decimal(100 * self.part) / self.whole).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def in_words(self) -> str:
        """54,6 %"""
        return "ingen" if self.percent is None else f"{self.percent} %".replace(".", ",")


def shares_by_channel(counts: Mapping[str, int]) -> dict[Channel | None, Share]:
    """The share of each way among all held talks; None is for those of which the way is not known.

    Those count in the whole, as they do in the public table, and stand by themselves where there are any.
    """
    whole = sum(counts.values())
    shares: dict[Channel | None, Share] = {one: Share(counts.get(one, 0), whole) for one in Channel}
    unknown = whole - sum(share.part for share in shares.values())
    return {**shares, None: Share(unknown, whole)} if unknown else shares
