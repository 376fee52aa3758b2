"""What Django and the driver do anew for each query or each test, though nothing has changed."""

import re

import pytest
from django.db.models.expressions import Col
from django.utils.functional import cached_property
from psycopg._preparing import PrepareManager

#: What makes a plan stale. The driver counts ROLLBACK among them, for the sake of tables that are made within it; each
#: test ends with one, and in operation there is hardly any.
_DISCARDS = re.compile(rb"^(?:DROP|ALTER|DISCARD ALL|DEALLOCATE ALL)\b").match
#: As many texts as the suite asks, for tests of all kinds share one connection.
_PREPARED = 1_000


def spread(patch: pytest.MonkeyPatch) -> None:
    _know_columns(patch)
    _keep_prepared(patch)


def _know_columns(patch: pytest.MonkeyPatch) -> None:
    """Let a column say by itself what it is: to ask how columns are made is a third of what a wide query costs."""

    def identity(self):
        return self.__class__, self.alias, self.target, self.output_field

    own = cached_property(identity)
    own.__set_name__(Col, "identity")
    patch.setattr(Col, "identity", own)


def _keep_prepared(patch: pytest.MonkeyPatch) -> None:
    """Let what one test has prepared serve the next: to plan a page's statements takes longer than to read its rows."""
    discard = PrepareManager._should_discard

    def kept_when_rolled_back(self, prep, results):
        return discard(self, prep, results, _DISCARDS)

    patch.setattr(PrepareManager, "_should_discard", kept_when_rolled_back)
    patch.setattr(PrepareManager, "prepared_max", _PREPARED)
