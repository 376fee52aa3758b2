"""The tables of required meetings as blocks of the pages of the law."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from cases.rules.rule_book import Act, RuleBook
from cases.seam import Part
from meetings.law.table_wording import first_due_text, months_text, table_on, tables_compared
from meetings.models import MeetingRule
from meetings.planning.law import Law, of_book


@dataclass(frozen=True)
class Tables:
    """Every table of a rule book, read once for a page."""

    law: Law

    @classmethod
    def of(cls, book: RuleBook) -> "Tables":
        return cls(of_book(book))

    def on_day(self, day: date) -> Part:
        return Part("meetings/law/table_on_day.html", table_on(day, self.law))

    def compared(self, before: date, after: date) -> Part:
        is_table_1 = self.are_table_1(before, after)
        context = {
            "before": before,
            "after": after,
            "is_table_1": is_table_1,
            "lines": tables_compared((before, self.law), (after, self.law), as_the_agreement=is_table_1),
            "old": table_on(before, self.law),
            "new": table_on(after, self.law),
        }
        return Part("meetings/law/tables_compared.html", context)

    def of_act(self, act: Act) -> Part | None:
        rules = list(_rules_of(act))
        lines = [
            {
                "party": rule.get_responsible_display().capitalize(),
                "what": str(rule),
                "months": months_text(rule.from_month, rule.to_month),
                "first": first_due_text(rule.due_days_after_registration),
                "legal_basis": rule.legal_basis,
                "certainty": rule.certainty,
            }
            for rule in rules
        ]
        total = sum(rule.number for rule in rules)
        return Part("meetings/law/table_of_act.html", {"lines": lines, "total": total}) if rules else None

    def grounds_of(self, act: Act) -> list[str]:
        return [rule.legal_basis for rule in _rules_of(act)]

    def are_table_1(self, before: date, after: date) -> bool:
        old, new = table_on(before, self.law), table_on(after, self.law)
        return bool(old and new and old.rows != new.rows and old.cites_the_table and new.cites_the_table)


def _rules_of(act: Act) -> QuerySet[MeetingRule]:
    # Drafts and withdrawn acts are read too; their tables are in no law.
    return MeetingRule.objects.filter(act__slug=act.slug).order_by("order")
