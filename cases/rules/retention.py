"""How long a case is kept after it was closed, and a line of a log after it was written."""

from datetime import date

from cases.rules.declaring import CaseDates, Parameter
from cases.rules.parameters import RETENTION_YEARS_WITH_FUND, RETENTION_YEARS_WITHOUT_FUND
from cases.rules.period import add_months
from cases.rules.rule_book import RuleBook


def closed_by(day: date, *, has_fund: bool, book: RuleBook) -> date:
    """The last day on which a case of this kind must have been closed for its time to be over on the day."""
    parameter = RETENTION_YEARS_WITH_FUND if has_fund else RETENTION_YEARS_WITHOUT_FUND
    years: int = book.in_force(parameter, CaseDates(event=day)).value
    return add_months(day, -12 * years)


def written_before(day: date, *, parameter: Parameter, book: RuleBook) -> date:
    """The day before which a line of a log was written when its years, the parameter's, are over on the given day."""
    years: int = book.in_force(parameter, CaseDates(event=day)).value
    return add_months(day, -12 * years)
