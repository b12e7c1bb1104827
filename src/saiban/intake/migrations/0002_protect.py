"""Observations: months are attached by a function that the application may call; rows are never changed."""

from django.db import migrations

from saiban.core.migration_tools import insert_only

# Bounds in UTC, never by the session's time zone. Without the REVOKE, default privileges would let the application
# delete from a month's own table.
ENSURE_MONTH = """
create function intake_ensure_month(day date) returns text language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
  first date := date_trunc('month', day);
  name text := 'intake_observation_' || to_char(date_trunc('month', day), 'YYYY_MM');
begin
  if first not between date '2020-01-01' and date '2100-01-01' then
    raise exception 'month % is out of bounds', first;
  end if;
  if to_regclass('public.' || name) is not null then
    return name;
  end if;
  perform pg_advisory_xact_lock(7240003);
  if to_regclass('public.' || name) is null then
    execute format('create table public.%I (like public.intake_observation including defaults including constraints)', name);
    execute format('revoke all on public.%I from saiban_app', name);
    execute format('create trigger %I before truncate on public.%I for each statement '
      'execute function public.saiban_refuse_change()', name || '_no_truncate', name);
    execute format('alter table public.intake_observation attach partition public.%I for values from (%L) to (%L)',
      name, first::text || ' 00:00:00+00', (first + interval '1 month')::date::text || ' 00:00:00+00');
  end if;
  return name;
end $$;
grant execute on function intake_ensure_month(date) to saiban_app;
select intake_ensure_month((current_date + make_interval(months => n))::date) from generate_series(-1, 2) n;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("core", "0002_protect")]

    operations = [
        insert_only("intake_observation"),
        # the database itself numbers and dates an observation
        migrations.RunSQL(
            """
            revoke insert on intake_observation from saiban_app;
            grant insert (subject_id, source_id, batch_id, actor_id, observed_on, facts, sealed, reason)
              on intake_observation to saiban_app;
            """,
            """
            revoke insert (subject_id, source_id, batch_id, actor_id, observed_on, facts, sealed, reason)
              on intake_observation from saiban_app;
            grant insert on intake_observation to saiban_app;
            """,
        ),
        migrations.RunSQL(ENSURE_MONTH, "drop function intake_ensure_month(date)"),
    ]
