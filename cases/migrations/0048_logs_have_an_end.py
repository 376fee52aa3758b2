from django.db import migrations, models

#: The shortest time that a published act ever gave, and never less than a year: two people decided on it.
_END = """
CREATE OR REPLACE FUNCTION cases_end_log(log_asked text, number_asked integer, before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    shortest integer;
    seal cases_logseal%ROWTYPE;
    gone bigint;
BEGIN
    SELECT greatest(1, min(value.text::integer)) INTO shortest
    FROM cases_actvalue value JOIN cases_act act ON act.id = value.act_id
    WHERE act.status = 'published' AND value.text ~ '^[0-9]{1,3}$' AND value.key = CASE log_asked
        WHEN 'cases_accesslog' THEN 'cases.access_log_years'
        WHEN 'cases_securityevent' THEN 'cases.security_log_years'
    END
    HAVING count(*) > 0;
    IF shortest IS NULL OR before > now() - make_interval(years => shortest) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the years of these rows are not over';
    END IF;
    SELECT * INTO STRICT seal FROM cases_logseal WHERE log = log_asked AND number = number_asked;
    PERFORM set_config('pgtrigger.ignore', (
        SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger\\_append\\_only\\_%'
        AND tgrelid IN ('cases_accesslog'::regclass, 'cases_securityevent'::regclass)
    ), true);
    IF log_asked = 'cases_accesslog' THEN
        DELETE FROM cases_accesslog line WHERE line.id > seal.after AND line.id <= seal.last AND line.at < before
        AND NOT EXISTS (SELECT FROM cases_case standing WHERE standing.id = ANY(line.cases));
    ELSE
        DELETE FROM cases_securityevent line WHERE line.id > seal.after AND line.id <= seal.last AND line.at < before;
    END IF;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('pgtrigger.ignore', '{}', true);
    RETURN gone;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0047_erasure_is_proposed_before_it_is_approved")]

    operations = [
        migrations.AddField("logreseal", "before", models.DateTimeField("ældre end", null=True)),
        migrations.RunSQL(_END, "DROP FUNCTION cases_end_log(text, integer, timestamptz)"),
    ]
