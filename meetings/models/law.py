"""An act's table of required meetings."""

import json
from functools import lru_cache

from django.db import models
from django.db.models import F, Q

from cases.models import Act
from cases.models.law import read_at_once, rows_of_published_act_are_fixed
from cases.rules.facts import Party
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted
from meetings.rules.contact_course import ROW_FIELDS, MeetingTable, TableRow, row_of
from meetings.rules.kinds import MeetingKind


class MeetingRuleQuerySet(models.QuerySet["MeetingRule"]):
    def table(self, book: RuleBook) -> MeetingTable:
        """The tables of the acts that count in the book."""
        return _table(read_at_once(_ALL_ROWS), tuple(act.slug for act in book.acts))


_ALL_ROWS = f"""
SELECT json_agg(json_build_array(act.slug, {", ".join(f'rule."{name}"' for name in ROW_FIELDS)}) ORDER BY rule."order")
FROM meetings_meetingrule AS rule JOIN cases_act AS act ON act.id = rule.act_id
"""


@lru_cache(maxsize=32)
def _table(rows: str, counting: tuple[str, ...]) -> MeetingTable:
    """Read for nearly every page, and changed a few times a year: made once of the same rows."""
    of_act: dict[str, list[TableRow]] = {slug: [] for slug in counting}
    for slug, *row in json.loads(rows):
        if slug in of_act:
            of_act[slug].append(row_of(dict(zip(ROW_FIELDS, row, strict=True))))
    return MeetingTable({slug: tuple(facts) for slug, facts in of_act.items()})


class MeetingRule(models.Model):
    """One row of an act's table of required meetings in the first six months."""

    act = models.ForeignKey(Act, models.CASCADE, related_name="meeting_rules", verbose_name="lov")
    order = models.PositiveSmallIntegerField("række")
    kind = models.CharField("samtale", max_length=30, choices=MeetingKind.choices())
    responsible = models.CharField("holdes af", max_length=15, choices=Party.choices())
    number = models.PositiveSmallIntegerField("antal")
    from_month = models.PositiveSmallIntegerField("fra måned")
    to_month = models.PositiveSmallIntegerField("til og med måned")
    due_days_after_registration = models.PositiveSmallIntegerField(
        "den første senest dage efter tilmelding", null=True, blank=True
    )
    legal_basis = models.CharField("hjemmel", max_length=300)
    certainty = models.CharField("sikkerhed", max_length=120, blank=True)

    objects = MeetingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "række i samtaletabellen"
        verbose_name_plural = "samtaletabel"
        ordering = ["act", "order"]
        constraints = [
            models.UniqueConstraint(fields=["act", "order"], name="table_row_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, from_month__gte=1, to_month__gte=F("from_month")),
                name="table_row_is_possible",
                violation_error_message="Antallet er mindst 1, og den sidste måned ligger ikke før den første.",
            ),
        ]
        triggers = [rows_of_published_act_are_fixed()]

    def __str__(self) -> str:
        return counted(self.number, MeetingKind(self.kind).label, MeetingKind(self.kind).plural)

    def as_fact(self) -> TableRow:
        """The row as the rules read it."""
        return TableRow(
            order=self.order,
            kind=MeetingKind(self.kind),
            responsible=Party(self.responsible),
            number=self.number,
            from_month=self.from_month,
            to_month=self.to_month,
            due_days_after_registration=self.due_days_after_registration,
            legal_basis=self.legal_basis,
        )
