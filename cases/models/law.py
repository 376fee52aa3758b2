"""The law as dated, sourced data: acts and their values."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from cases.models.people import User
from cases.rules import rule_book
from cases.rules.parameters import REGISTRY
from cases.rules.rule_book import LegalValue, RuleBook


class ActStatus:
    DRAFT = "draft"
    PUBLISHED = "published"


ACT_STATUS_LABELS = {ActStatus.DRAFT: "kladde", ActStatus.PUBLISHED: "offentliggjort"}

#: For the tables that hang on an act: no row of a published act is added, changed or taken away.
REFUSE_ROWS_OF_PUBLISHED = """
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
        return self.filter(status=ActStatus.PUBLISHED)

    def drafts(self) -> "ActQuerySet":
        return self.filter(status=ActStatus.DRAFT)

    def rule_book(self, draft: str | None = None) -> RuleBook:
        """The published acts as plain values; with the slug of a draft, that one too, as if published last.

        Raises Act.DoesNotExist when no draft has that slug.
        """
        acts = list(self.order_by("in_force_on", "published_at", "pk").prefetch_related("values"))
        if draft is not None and not any(act.slug == draft and act.is_draft for act in acts):
            raise Act.DoesNotExist(f"Der er ingen kladde med navnet '{draft}'.")
        counted = [act.as_fact() for act in acts if not act.is_draft or act.slug == draft]
        waiting = [act.as_fact() for act in acts if act.is_draft and act.slug != draft]
        return RuleBook(counted, drafts=waiting)


class Act(models.Model):
    """A change of the law: the values it sets, and the day from which it is in force.

    A published act never changes; a correction is a new act with the same day in force.
    """

    slug = models.SlugField("kort navn", max_length=60, unique=True)
    title = models.CharField("titel", max_length=200)
    reference = models.CharField("henvisning", max_length=200)
    in_force_on = models.DateField("i kraft fra")
    source_url = models.CharField("kilde", max_length=300, blank=True)
    note = models.TextField("bemærkning", blank=True)
    status = models.CharField("status", max_length=10, choices=ACT_STATUS_LABELS, default=ActStatus.DRAFT)
    drafted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="skrevet af"
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

    def as_fact(self) -> rule_book.Act:
        return rule_book.Act(
            slug=self.slug,
            title=self.title,
            reference=self.reference,
            in_force_on=self.in_force_on,
            published_at=self.published_at,
            values={
                value.key: LegalValue(
                    text=value.text or None,
                    legal_basis=value.legal_basis,
                    note=value.note,
                    certainty=value.certainty,
                )
                for value in self.values.all()
            },
            is_draft=self.is_draft,
            source_url=self.source_url,
            note=self.note,
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
