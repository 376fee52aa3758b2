from referrals.models.referrals import DecisionLimit, Referral, ReferralContact

__all__ = ["DecisionLimit", "Referral", "ReferralContact"]
