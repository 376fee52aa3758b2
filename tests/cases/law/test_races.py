"""Two connections at once on one act."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from cases.law import services as law_services
from cases.models import Act, ActValue, Role
from tests import factories
from tests.transactions import somebody_waits
from tests.world import NOW


@pytest.mark.django_db(transaction=True)
def test_a_row_that_waits_for_a_publishing_is_refused():
    """Two connections: the row is on its way while the act becomes law."""
    author, publisher = (
        factories.user(organisation=None, role=Role.ADMINISTRATOR, username=name, is_staff=True) for name in "ab"
    )
    act = law_services.create_draft(title="Prøve", reference="Lov nr. 1", in_force_on=date(2026, 6, 1), by=author)

    def slip_in():
        try:
            ActValue.objects.create(act=act, key="cases.young_age_limit", text="30", legal_basis="§ 1")
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            locked = Act.objects.select_for_update().get(pk=act.pk)
            late = pool.submit(slip_in)
            while not somebody_waits():
                assert not late.done()
            locked.status, locked.published_by, locked.published_at = "published", publisher, NOW
            locked.save()
        with pytest.raises(IntegrityError, match="never changes"):
            late.result(timeout=30)
    assert not act.values.filter(key="cases.young_age_limit").exists()
