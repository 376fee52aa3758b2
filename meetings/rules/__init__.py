"""Decisions about meetings in plain Python: values in, values out, with no Django, no clock and no database.

Most of it is law, and reads its values from the acts. Our own and no law are how long before a reminder is sent and
what is called near (`lead_times`, kept in the acts so that it is dated and published as they are), when somebody can
hold talks (`availability`, `spans`), how cases are spread (`spreading`), how shares are rounded (`shares`), and which
steps after a missed talk are open (`no_shows`, but for the hearing, which is law).
"""
