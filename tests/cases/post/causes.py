"""What causes each kind of message, through its service."""

from dataclasses import dataclass
from datetime import timedelta

from cases.handover import mending
from cases.plans import aim_services
from meetings.models import ListAction
from meetings.owing.kinds import ReminderKind
from meetings.rules.kinds import Channel
from referrals.models.referrals import DECISION_KINDS
from referrals.offers import services as offers_services
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.reminders import ReminderKind as OfOffers
from referrals.rules.lifecycle import Recipient
from tests import factories, world
from tests.cases.plans import test_aims
from tests.meetings.due.steps import DAY, TUESDAY_TEN, run
from tests.meetings.list_jobs.steps import carried_out
from tests.meetings.no_shows import test_steps as no_shows
from tests.meetings.steps import WEDNESDAY_TEN, cancel, choose, move
from tests.referrals.offers.test_offers import grant
from tests.referrals.steps import PROPOSAL, REASONS

MINUTE = timedelta(minutes=1)
#: What the office types, with signs that a page or a file could spoil.
TYPED = "Tag »svend & lærling« med <b>to</b> sider.\n\n  Æblerækken 4, 2. th. – kl. 9"


@dataclass
class Desk:
    """The people of a case at the moment at which they cause a message; each cause gives when it is carried."""

    office: factories.Office
    case: object
    now: object

    def book(self, **fields):
        return factories.book(self.case, self.office.adviser, TUESDAY_TEN, at=self.now, **fields)

    def invitation(self):
        self.book()
        return self.now

    def correction(self):
        meeting = self.book()
        run(self.now)
        move(meeting, self.office.adviser, self.now, starts_at=TUESDAY_TEN + DAY, is_confirmed=True)
        return self.now

    def cancellation(self):
        meeting = self.book()
        run(self.now)
        cancel(meeting, self.office.adviser, self.now)
        return self.now

    def meeting_tomorrow(self):
        self.book()
        run(self.now)
        return TUESDAY_TEN - DAY

    def choice_set_aside(self):
        choose(self.case, Channel.TELEPHONE, self.office.adviser, self.now)
        self.book(channel=Channel.ATTENDANCE, channel_reason="Papirer skal ses.")
        return self.now

    def written(self):
        typed = {"title": "Vi flytter", "text": TYPED}
        carried_out([self.case], ListAction.MESSAGE, typed, self.office.leader, at=self.now)
        return self.now + 11 * MINUTE

    def hearing(self):
        return self._missed(no_shows.Step(no_shows.HEARING.kind, TYPED, no_shows.HEARING.answer_by))

    def summons(self):
        self.book()
        return self._missed(no_shows.Step(no_shows.SUMMONS.kind, TYPED))

    def notice(self):
        return self._missed(no_shows.Step(no_shows.NOTICE.kind, "Borgeren kom ikke."))

    def _missed(self, step):
        meeting = factories.book(self.case, self.office.adviser, WEDNESDAY_TEN, at=self.now)
        no_shows.take(no_shows.miss(meeting, self.office.adviser), step, self.office.adviser)
        return no_shows.SENDING

    def aim(self):
        self.case, at = test_aims.young.__wrapped__(self.office), test_aims.noon("2024-01-02")
        aim_services.decide(case_id=self.case.pk, grounds=test_aims.GROUNDS, number=0, by=self.office.caseworker, at=at)
        return at + MINUTE

    def decision(self):
        by = self.office.caseworker
        draft = referral_writing.write_draft(
            case_id=self.case.pk, proposal=PROPOSAL, version=0, by=self.office.adviser, at=self.now
        )
        referral_writing.send(referral_id=draft.pk, version=draft.version, by=self.office.adviser, at=self.now)
        seen = referral_deciding.mark_seen(referral_id=draft.pk, by=by, at=self.now)
        referral_deciding.reject(referral_id=seen.pk, reasons=REASONS, version=seen.version, by=by, at=self.now)
        return self.now + 11 * MINUTE

    def offer(self):
        grant(self.case, self.office, at=self.now)
        return self.now + 11 * MINUTE

    def handover_moved(self):
        world.hand_over(self.case, self.office, at=self.now)
        self.case.refresh_from_db()
        mending.correct_day(
            case_id=self.case.pk,
            version=self.case.version,
            on=self.now.date() + DAY,
            reason="Borgeren kom ikke.",
            by=self.office.adviser,
            at=self.now + MINUTE,
        )
        return self.now + MINUTE


TO_CITIZEN = {
    ReminderKind.INVITATION: Desk.invitation,
    ReminderKind.CORRECTION: Desk.correction,
    ReminderKind.CANCELLATION: Desk.cancellation,
    ReminderKind.MEETING_TOMORROW: Desk.meeting_tomorrow,
    ReminderKind.CHOICE_SET_ASIDE: Desk.choice_set_aside,
    ReminderKind.NO_SHOW_HEARING: Desk.hearing,
    ReminderKind.NO_SHOW_SUMMONS: Desk.summons,
    ReminderKind.WRITTEN: Desk.written,
    aim_services.TO_CITIZEN: Desk.aim,
    DECISION_KINDS[Recipient.CITIZEN]: Desk.decision,
    offers_services.OFFER_TO_CITIZEN: Desk.offer,
}

#: With words that the other office reads where its mail leads, or on the case.
BETWEEN_OFFICES = {
    ReminderKind.NO_SHOW_NOTICE: (Desk.notice, "Borgeren kom ikke."),
    DECISION_KINDS[Recipient.FUND]: (Desk.decision, REASONS.considerations),
    mending.TO_JOBCENTER: (Desk.handover_moved, "Overgangen er rettet"),
}

#: What the house reminds its own people of is no post.
OWN = {
    ReminderKind.BOOK_BY,
    ReminderKind.DEADLINE_NEAR,
    ReminderKind.DEADLINE_PASSED,
    ReminderKind.OUTCOME_MISSING,
    ReminderKind.HANDOVER_NEAR,
    ReminderKind.LAW_CHANGED,
    ReminderKind.LIST_JOB,
    OfOffers.WAITING,
    OfOffers.DECISION_DUE,
    OfOffers.NOT_SENT,
}
