"""What Django finds out anew for each column of each sorted query, though there is nothing to find out."""

import pytest
from django.db.models.expressions import Col
from django.utils.functional import cached_property


def spread(patch: pytest.MonkeyPatch) -> None:
    """Let a column say by itself what it is: to ask how columns are made is a third of what a wide query costs."""

    def identity(self):
        return self.__class__, self.alias, self.target, self.output_field

    own = cached_property(identity)
    own.__set_name__(Col, "identity")
    patch.setattr(Col, "identity", own)
