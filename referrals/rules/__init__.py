"""Decisions about referrals and offers in plain Python: values in, values out, with no Django, no clock, no database.

All of it is law, and reads its values from the acts, but for what reminds the jobcenter (`lead_times`): our own, kept
in the acts so that it is dated and published as they are.
"""
