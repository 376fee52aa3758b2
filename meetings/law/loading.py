"""Writes the shipped acts into the database. An act that is there already is never written over."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from cases.law.services import change_law_alone, tell_law_changed
from cases.law.shipped_acts import ShippedAct
from cases.models import Act, ActValue
from cases.models.law import ActStatus, RunningCourses
from cases.rules import rule_book
from meetings.models import MeetingRule
from meetings.rules.contact_course import ROW_FIELDS

_STORED = (*ROW_FIELDS, "certainty")


class PublishedActDiffers(Exception):
    """A file of a published act was changed; the message names the act and what differs."""


@transaction.atomic(durable=True)
def load(shipped: Sequence[ShippedAct], *, at: datetime) -> list[Act]:
    """The acts that were missing, now in the database; those whose file is published count from now on.

    A draft that is there is an administrator's to change and is left. Raises PublishedActDiffers.
    """
    change_law_alone()
    with connection.cursor() as cursor:
        # Two starts at once: the second waits, and then finds everything done.
        cursor.execute("LOCK TABLE cases_act IN SHARE ROW EXCLUSIVE MODE")
    present = {act.slug: act for act in Act.objects.prefetch_related("values", "meeting_rules")}
    for one in shipped:
        act = present.get(one.act.slug)
        if act is not None and not act.is_draft and not one.act.is_draft:
            _require_the_same(act, one)
    written = [_write(one) for one in shipped if one.act.slug not in present]
    for act in written:
        if not act.is_draft:
            tell_law_changed(act, by=None, at=at)
    return written


def _write(one: ShippedAct) -> Act:
    fact = one.act
    act = Act.objects.create(
        slug=fact.slug,
        title=fact.title,
        reference=fact.reference,
        in_force_on=fact.in_force_on,
        running_courses=RunningCourses.MOVE if fact.moves_running_courses else RunningCourses.KEEP,
        source_url=fact.source_url,
        note=fact.note,
        is_adopted=fact.is_draft and not fact.is_sketch,
    )
    ActValue.objects.bulk_create(
        ActValue(
            act=act,
            key=key,
            text=value.text or "",
            legal_basis=value.legal_basis,
            certainty=value.certainty,
            note=value.note,
        )
        for key, value in fact.values.items()
    )
    MeetingRule.objects.bulk_create(MeetingRule(act=act, **{name: row[name] for name in _STORED}) for row in one.rows)
    if not fact.is_draft:
        act.status, act.published_at = ActStatus.PUBLISHED, fact.published_at
        act.publish_reason = "Følger med programmet; kontrolleret, før det blev leveret."
        act.save(update_fields=["status", "published_at", "publish_reason"])
    return act


def _require_the_same(act: Act, one: ShippedAct) -> None:
    stored = [{name: getattr(rule, name) for name in _STORED} for rule in act.meeting_rules.order_by("order")]
    shipped = [{name: row[name] for name in _STORED} for row in one.rows]
    differing = _differences(act.as_fact(), one.act) + (["samtaletabellen"] if stored != shipped else [])
    if differing:
        raise PublishedActDiffers(
            f"{act.slug}: the file and the database differ ({_first_of(differing)}). "
            "A published act never changes; write a new act."
        )


def _first_of(names: list[str]) -> str:
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")


def _differences(stored: rule_book.Act, shipped: rule_book.Act) -> list[str]:
    fields = [
        name
        for name in ("title", "reference", "in_force_on", "moves_running_courses", "source_url", "note")
        if getattr(stored, name) != getattr(shipped, name)
    ]
    keys = stored.values.keys() | shipped.values.keys()
    return fields + sorted(key for key in keys if stored.values.get(key) != shipped.values.get(key))
