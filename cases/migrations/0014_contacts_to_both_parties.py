"""What was kept of a citizen for everybody goes to each party of the citizen's cases."""

from django.db import migrations

GIVE = """
INSERT INTO cases_citizencontact (citizen_id, organisation_id, email, phone, address, interpreter_language)
SELECT citizen.id, party.organisation_id, citizen.email, citizen.phone, citizen.address, citizen.interpreter_language
FROM cases_citizen citizen
JOIN (
    SELECT citizen_id, fund_id AS organisation_id FROM cases_case WHERE fund_id IS NOT NULL
    UNION
    SELECT citizen_id, municipality_id FROM cases_case
) party ON party.citizen_id = citizen.id;

UPDATE cases_case SET
    fund_contact_id = (SELECT id FROM cases_citizencontact contact
        WHERE contact.citizen_id = cases_case.citizen_id AND contact.organisation_id = cases_case.fund_id),
    municipality_contact_id = (SELECT id FROM cases_citizencontact contact
        WHERE contact.citizen_id = cases_case.citizen_id AND contact.organisation_id = cases_case.municipality_id);
"""

# The newest of them: one for everybody is all that an earlier version knows.
TAKE_BACK = """
UPDATE cases_citizen citizen SET
    email = contact.email, phone = contact.phone, address = contact.address,
    interpreter_language = contact.interpreter_language
FROM cases_citizencontact contact
WHERE contact.id = (SELECT max(id) FROM cases_citizencontact WHERE citizen_id = citizen.id);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_contact_of_a_party")]

    operations = [migrations.RunSQL(GIVE, TAKE_BACK)]
