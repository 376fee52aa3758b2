"""Decisions in plain Python: values in, values out, with no Django, no clock and no database.

Most of it is law, and reads its values from the acts. What is our own and no law says so in its first lines: how long
a change can be undone (`undo_time`), what a standard text is for (`text_use`), what is asked about once
(`plausibility`), that nobody has two courses at once (`one_course`). The others carry the words, days and reasons.
"""
