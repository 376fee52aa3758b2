"""The law as dated, sourced data: acts and their values."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from cases.models.people import User
from cases.rules import rule_book
from cases.rules.declaring import REGISTRY
from cases.rules.labelled import Labelled
from cases.rules.rule_book import LegalValue, RuleBook
from cases.statements import prepared_cursor


class ActStatus(Labelled):
    DRAFT = "draft", "kladde"
    PUBLISHED = "published", "offentliggjort"


class RunningCourses(Labelled):
    """What becomes of the courses that began before the day in force, where the start of the course decides."""

    KEEP = "keep", "beholder de regler, de er begyndt under"
    MOVE = "move", "flytter til denne lovs regler"


#: For the tables that hang on an act: no row of a published act is added, changed or taken away.
REFUSE_ROWS_OF_PUBLISHED = """
-- Whoever is publishing the act is waited for, and then believed.
PERFORM 1 FROM public.cases_act
WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.act_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.act_id END)
ORDER BY id FOR SHARE;
IF (TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM public.cases_act WHERE id = OLD.act_id AND status = 'published'))
OR (TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM public.cases_act WHERE id = NEW.act_id AND status = 'published'))
THEN
    RAISE EXCEPTION 'A published act never changes: write a new act with the same day in force.'
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


def rows_of_published_act_are_fixed() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="published_act_is_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=REFUSE_ROWS_OF_PUBLISHED,
    )


class ActQuerySet(models.QuerySet["Act"]):
    def published(self) -> "ActQuerySet":
        """The acts that count: published, and not withdrawn before their day."""
        return self.filter(status=ActStatus.PUBLISHED, withdrawal=None)

    def drafts(self) -> "ActQuerySet":
        return self.filter(status=ActStatus.DRAFT)

    def rule_book(
        self, *, draft: str | None = None, without: str | None = None, known_at: datetime | None = None
    ) -> RuleBook:
        """The acts that count as plain values; the drafts only give their notice.

        With the slug of a draft, that one counts too, as if published last; with `without`, the act of that slug is
        left out, withdrawn or not. `known_at` gives the acts as they were published and not withdrawn at that
        moment, without any draft. Raises Act.DoesNotExist when no draft has the slug.
        """
        stored = _stored(read_at_once(_ALL_ACTS))
        if draft is not None and not any(fact.is_draft and fact.slug == draft for _, fact in stored):
            raise Act.DoesNotExist(f"Der er ingen kladde med navnet '{draft}'.")
        counted = tuple(
            fact
            for act, fact in stored
            if (fact.slug == draft if fact.is_draft else fact.slug != without and act.counts_at(known_at))
        )
        waiting = tuple(fact for _, fact in stored if fact.is_draft and fact.slug != draft)
        return _book(counted, () if known_at else waiting)


# The law is read for nearly every page and changes a few times a year: it is fetched as one text, and what was made of
# the same text is used again, with all that its rules have read of it. One statement sees the law before a publishing
# or after it, never in between.

_TOLD_OF_AN_ACT = (
    *("slug", "title", "reference", "in_force_on", "running_courses", "source_url", "note"),
    *("status", "is_adopted", "published_at"),
)
_TOLD_OF_A_VALUE = ("key", "text", "legal_basis", "note", "certainty")
_ALL_ACTS = f"""
SELECT json_agg(told ORDER BY told.in_force_on, told.published_at, told.id) FROM (
    SELECT act.id, {", ".join(f"act.{name}" for name in _TOLD_OF_AN_ACT)}, withdrawal.at AS withdrawn_at, (
        SELECT coalesce(json_agg(json_build_array({", ".join(_TOLD_OF_A_VALUE)}) ORDER BY key), '[]')
        FROM cases_actvalue WHERE act_id = act.id
    ) AS values
    FROM cases_act AS act LEFT JOIN cases_actwithdrawal AS withdrawal ON withdrawal.act_id = act.id
) AS told
"""


def read_at_once(statement: str) -> str:
    """What a statement of one row and one column answers, as a text; without any rows in it, an empty list."""
    with prepared_cursor() as cursor:
        cursor.execute(f"SELECT coalesce(({statement})::text, '[]')")
        return str(cursor.fetchone()[0])


@lru_cache(maxsize=32)
def _stored(acts: str) -> tuple[tuple["Act", rule_book.Act], ...]:
    return tuple((act := _act(row), act.as_fact(map(tuple, row["values"]))) for row in json.loads(acts))


def _act(row: dict[str, Any]) -> "Act":
    """The act as far as the rules ask of it; without its number, so that it is never saved."""
    told = [field for field in Act._meta.concrete_fields if field.name in _TOLD_OF_AN_ACT]
    act = Act(**{field.name: field.to_python(row[field.name]) for field in told})
    if row["withdrawn_at"]:
        act.withdrawal = ActWithdrawal(at=datetime.fromisoformat(row["withdrawn_at"]))
    return act


@lru_cache(maxsize=32)
def _book(acts: tuple[rule_book.Act, ...], drafts: tuple[rule_book.Act, ...]) -> RuleBook:
    return RuleBook(acts, drafts=drafts)


@lru_cache(maxsize=256)
def _fact(values: tuple[tuple[str, ...], ...], **fields: Any) -> rule_book.Act:
    told = {
        key: LegalValue(text=text or None, legal_basis=legal_basis, note=note, certainty=certainty)
        for key, text, legal_basis, note, certainty in values
    }
    return rule_book.Act(values=told, **fields)


class Act(models.Model):
    """A change of the law: the values it sets, and the day from which it is in force.

    A published act never changes; a correction is a new act with the same day in force.
    """

    slug = models.SlugField("kort navn", max_length=60, unique=True)
    title = models.CharField("titel", max_length=200)
    reference = models.CharField("henvisning", max_length=200)
    in_force_on = models.DateField("i kraft fra")
    running_courses = models.CharField("løbende forløb", max_length=4, choices=RunningCourses.choices(), default="keep")
    source_url = models.CharField("kilde", max_length=300, blank=True)
    note = models.TextField("bemærkning", blank=True)
    status = models.CharField("status", max_length=10, choices=ActStatus.choices(), default="draft")
    is_adopted = models.BooleanField("loven er vedtaget", default=False)
    drafted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="skrevet af"
    )
    writers = models.ManyToManyField(
        User, blank=True, editable=False, related_name="+", verbose_name="har skrevet i kladden"
    )
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="offentliggjort af"
    )
    published_at = models.DateTimeField("offentliggjort", null=True, blank=True, editable=False)
    publish_reason = models.CharField("begrundelse", max_length=300, blank=True, editable=False)

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = "lov"
        verbose_name_plural = "love"
        ordering = ["-in_force_on", "-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True)
                | Q(status="published", published_at__isnull=False),
                name="published_act_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="act_published_by_a_second_person",
                violation_error_message="En anden end den, der har skrevet loven, skal offentliggøre den.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_act_is_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="published"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.status == ActStatus.DRAFT

    @property
    def withdrawn(self) -> "ActWithdrawal | None":
        """The withdrawal of a published act before its day, if there is one."""
        return getattr(self, "withdrawal", None)

    def counts_at(self, moment: datetime | None) -> bool:
        """Whether the act was published and not withdrawn at that moment; without one, now."""
        if self.published_at is None:
            return False
        if moment is None:
            return self.withdrawn is None
        return self.published_at <= moment and not (self.withdrawn and self.withdrawn.at <= moment)

    def as_fact(self, values: Iterable[tuple[str, ...]] | None = None) -> rule_book.Act:
        """The act as the rules read it; its values are read from the database when they are not given."""
        if values is None:
            values = self.values.order_by("key").values_list(*_TOLD_OF_A_VALUE)
        return _fact(
            tuple(values),
            slug=self.slug,
            title=self.title,
            reference=self.reference,
            in_force_on=self.in_force_on,
            published_at=self.published_at,
            is_draft=self.is_draft,
            is_sketch=self.is_draft and not self.is_adopted,
            source_url=self.source_url,
            note=self.note,
            moves_running_courses=self.running_courses == RunningCourses.MOVE,
        )


class ActValue(models.Model):
    """One value that an act sets for one parameter; without text it sets it to no value, or to an empty set."""

    act = models.ForeignKey(Act, models.CASCADE, related_name="values", verbose_name="lov")
    key = models.CharField("regelværdi", max_length=80)
    text = models.TextField("værdi", blank=True)
    legal_basis = models.CharField("hjemmel", max_length=300)
    certainty = models.CharField("sikkerhed", max_length=120, blank=True)
    note = models.TextField("bemærkning", blank=True)

    class Meta:
        verbose_name = "regelværdi"
        verbose_name_plural = "regelværdier"
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["act", "key"], name="act_sets_a_key_once")]
        triggers = [rows_of_published_act_are_fixed()]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        """A key that no rule declares, and a text that its rule cannot read, are refused."""
        self.text = (self.text or "").strip()
        parameter = REGISTRY.get(self.key)
        if parameter is None:
            raise ValidationError({"key": f"Ingen regel læser »{self.key}«. Vælg en værdi fra listen."})
        try:
            parameter.value_of(self.text)
        except ValueError as error:
            raise ValidationError({"text": str(error)}) from None


#: An act whose day has come has ruled cases: it is mended by a new act, and never taken back.
REFUSE_WITHDRAWAL_AFTER_ITS_DAY = """
IF NOT EXISTS (
    SELECT 1 FROM public.cases_act
    WHERE id = NEW.act_id AND status = 'published' AND in_force_on > (NEW.at AT TIME ZONE 'Europe/Copenhagen')::date
) THEN
    RAISE EXCEPTION 'Only a published act whose day is still to come can be withdrawn.'
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
RETURN NEW;
"""


class ActWithdrawal(models.Model):
    """A published act taken back before its day in force; the act stays readable and counts no more."""

    act = models.OneToOneField(Act, models.PROTECT, related_name="withdrawal", verbose_name="lov")
    at = models.DateTimeField("trukket tilbage")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="trukket tilbage af")
    reason = models.CharField("begrundelse", max_length=300)

    class Meta:
        verbose_name = "tilbagetrækning"
        verbose_name_plural = "tilbagetrækninger"
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"),
                name="withdrawal_has_reason",
                violation_error_message="Skriv, hvorfor loven trækkes tilbage.",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_before_its_day",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=REFUSE_WITHDRAWAL_AFTER_ITS_DAY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act}: {self.at:%d-%m-%Y}"


class LawReview(models.Model):
    """Somebody read the values against the law, and says so."""

    at = models.DateTimeField("kontrolleret")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="kontrolleret af")
    note = models.CharField("hvad blev kontrolleret", max_length=300)

    class Meta:
        verbose_name = "kontrol af loven"
        verbose_name_plural = "kontrol af loven"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(note__regex=r"\S"),
                name="review_says_what",
                violation_error_message="Skriv, hvad der er kontrolleret.",
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%d-%m-%Y}"
