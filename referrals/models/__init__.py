from referrals.models.offers import FollowUp, Offer, OfferDuty
from referrals.models.referrals import DecisionLimit, Referral, ReferralContact

__all__ = ["DecisionLimit", "FollowUp", "Offer", "OfferDuty", "Referral", "ReferralContact"]
