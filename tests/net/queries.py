"""What no query may lean on: luck with the order, locks it did not mean, a moment taken for a day."""

import random
from datetime import datetime

import pytest
from django.db.models import DateField, QuerySet
from django.db.models.sql.compiler import SQLCompiler


def spread(patch: pytest.MonkeyPatch) -> None:
    fetch_before, from_before, to_python_before = QuerySet._fetch_all, SQLCompiler.get_from_clause, DateField.to_python

    def fetch_all(self):
        is_first_time = self._result_cache is None
        fetch_before(self)
        # PostgreSQL promises no order that was not asked for; here it never happens to be the right one.
        # pytest-randomly sets the seed, so a failure comes again with the same `-p randomly_seed`.
        if is_first_time and not self.ordered:
            random.shuffle(self._result_cache)

    def from_clause(self):
        query = self.query
        if query.select_for_update and not query.select_for_update_of:
            tables = [alias for alias in query.alias_map if query.alias_refcount[alias]]
            # It would lock the joined rows too: everybody's organisation, for one case.
            assert len(tables) < 2, f"select_for_update over {', '.join(tables)}: name the rows it locks with of=(...)."
        if query.select_for_update and query.model._meta.label == "cases.Case":
            # Of rows that others change under the case's lock, a waiter would get those from before its wait.
            assert not query.select_related, "A case is locked first and read after: Case.objects.filter(...).lock()."
        return from_before(self)

    def to_python(self, value):
        # Django would silently take the day in the server's time zone.
        assert not isinstance(value, datetime), f"{self} is a day, and got the moment {value!r}."
        return to_python_before(self, value)

    patch.setattr(QuerySet, "_fetch_all", fetch_all)
    patch.setattr(SQLCompiler, "get_from_clause", from_clause)
    patch.setattr(DateField, "to_python", to_python)
