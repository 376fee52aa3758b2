"""Whether the a-kasse may send a referral on a day, for an offer that begins on another, and what it must hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, Step, by, unconfirmed_notice
from cases.rules.facts import BadFacts, Course, Party
from cases.rules.refusal import Missing
from cases.rules.responsibility import responsible_on
from cases.rules.rule_book import RuleBook
from cases.rules.unemployment_clock import clock_of
from cases.rules.wording import counted, day_text
from referrals.rules.parameters import CONTINUATION_DAYS, ENABLED, JOINT_ASSESSMENT_REQUIRED, OFFER_START_WITHIN_MONTHS

ASK_THE_MUNICIPALITY = "Tal med jobcentret: det kan bevilge tilbud uden en indstilling."


@dataclass(frozen=True)
class Admissibility:
    """Whether the referral may be sent; the refusals are the sentences against it, the first one first.

    `latest_start` is the last day on which its offer may begin, where the acts set one.
    """

    is_admissible: bool
    refusals: tuple[str, ...]
    latest_start: date | None
    why: Explanation


def admissible(*, course: Course, sent_on: date, offer_starts_on: date, book: RuleBook) -> Admissibility:
    """Whether the law lets the a-kasse send this referral."""
    if sent_on < course.registered_on:
        raise BadFacts(
            f"Indstillingen sendes den {day_text(sent_on)}, før tilmeldingen den {day_text(course.registered_on)}. "
            "Vælg en senere dag."
        )
    notice = unconfirmed_notice(sent_on, book)
    enabled = book.in_force(ENABLED, CaseDates(event=sent_on))
    if not enabled.value:
        text = f"Den {day_text(sent_on)} kan a-kassen ikke sende indstillinger. {ASK_THE_MUNICIPALITY}"
        return Admissibility(False, (text,), None, (by(enabled, text, sent_on), *notice))
    may_send = by(enabled, f"Den {day_text(sent_on)} kan a-kassen sende indstillinger til jobcentret.", sent_on)
    held, held_by = _fund_holds(course, sent_on, book)
    begins, latest, begins_by = _begins_in_time(course, sent_on, offer_starts_on, book)
    refusals = tuple(steps[-1].text for is_fine, steps in ((held, held_by), (begins, begins_by)) if not is_fine)
    # Both count the same months.
    counted_once = tuple(dict.fromkeys((may_send, *held_by, *begins_by, *notice)))
    return Admissibility(not refusals, refusals, latest, counted_once)


def missing_parts(*, sent_on: date, joint_assessment: str, citizen_agrees: bool, book: RuleBook) -> tuple[Missing, ...]:
    """What the referral must hold when it is sent, and does not; the fields have the names of the arguments."""
    rule = book.in_force(JOINT_ASSESSMENT_REQUIRED, CaseDates(event=sent_on))
    missing = []
    if rule.value and not joint_assessment.strip():
        text = (
            "Skriv, hvad du og borgeren sammen har vurderet: hvorfor vil borgeren have gavn af tilbuddet? "
            f"({rule.legal_basis})"
        )
        missing.append(Missing("joint_assessment", text))
    if rule.value and not citizen_agrees:
        text = f"Indstillingen kan kun sendes, når borgeren er enig i den ({rule.legal_basis})."
        missing.append(Missing("citizen_agrees", text))
    return tuple(missing)


def _fund_holds(course: Course, sent_on: date, book: RuleBook) -> tuple[bool, Explanation]:
    holder = responsible_on(course, sent_on, book)
    if holder.party == Party.FUND:
        return True, (*holder.why, Step(f"A-kassen har ansvaret den {day_text(sent_on)}.", sent_on))
    text = (
        f"A-kassen har ikke ansvaret den {day_text(sent_on)} og kan derfor ikke sende indstillingen. "
        f"{ASK_THE_MUNICIPALITY}"
    )
    return False, (*holder.why, Step(text, sent_on))


def _begins_in_time(
    course: Course, sent_on: date, offer_starts_on: date, book: RuleBook
) -> tuple[bool, date | None, Explanation]:
    begins = f"Tilbuddet begynder den {day_text(offer_starts_on)}"
    dates = CaseDates(event=sent_on)
    months = book.in_force(OFFER_START_WITHIN_MONTHS, dates)
    after = book.in_force(CONTINUATION_DAYS, dates)
    latest = None
    why: Explanation = ()
    if months.value is not None:
        clock = clock_of(course, book.without_moves_after(sent_on))
        latest = clock.last_day_of(months.value) + timedelta(days=after.value or 0)
        text = (
            f"Det indstillede tilbud begynder inden for de første {counted(months.value, 'måned', 'måneder')} eller "
            f"højst {counted(after.value or 0, 'dag', 'dage')} efter: senest den {day_text(latest)}."
        )
        why = (*clock.why(months.value), by(after if after.value else months, text, latest))
    if offer_starts_on < sent_on:
        text = f"{begins}, før indstillingen sendes den {day_text(sent_on)}. Vælg en senere dag."
        return False, latest, (*why, Step(text, offer_starts_on))
    if latest is not None and offer_starts_on > latest:
        text = (
            f"{begins}, og det er for sent for en indstilling: senest den {day_text(latest)} ({months.legal_basis}). "
            "Vælg en tidligere dag, eller tal med jobcentret."
        )
        return False, latest, (*why, by(months, text, offer_starts_on))
    return True, latest, (*why, Step(f"{begins} og dermed i tide.", offer_starts_on))
