"""What the database does by itself as a citizen gets a number."""

import pgtrigger

#: Writes down each number that a citizen gets, whoever saves the row; the release before knows no other table.
_KEEP_NUMBER = """
IF TG_OP = 'UPDATE' THEN
    IF NEW.cpr_index = OLD.cpr_index THEN
        RETURN NEW;
    END IF;
    -- A record that was joined keeps what it said, but its number is another's: it is only written with another key.
    IF EXISTS (SELECT 1 FROM cases_citizenjoin WHERE joined_id = NEW.id AND separated_at IS NULL) THEN
        RETURN NEW;
    END IF;
END IF;
INSERT INTO cases_citizennumber (citizen_id, cpr_encrypted, cpr_index, is_replacement, born_on)
VALUES (NEW.id, NEW.cpr_encrypted, NEW.cpr_index, NEW.is_replacement_number, NEW.born_on)
ON CONFLICT (cpr_index) WHERE withdrawn_at IS NULL DO NOTHING;
PERFORM 1 FROM cases_citizennumber
WHERE cpr_index = NEW.cpr_index AND citizen_id = NEW.id AND withdrawn_at IS NULL;
IF NOT FOUND THEN
    RAISE unique_violation USING
        MESSAGE = 'the number belongs to another citizen', CONSTRAINT = 'number_belongs_to_one_citizen';
END IF;
RETURN NEW;
"""

KEEP_NUMBER = pgtrigger.Trigger(
    name="keep_number",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("cpr_index"),  # type: ignore[no-untyped-call]  # theirs
    func=_KEEP_NUMBER,
)
