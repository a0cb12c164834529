-- Runs once as the database's master user; every later file runs as the role owner, which owns all objects.
-- Roles belong to the whole cluster: what another database of it has made already is left alone.
DO $$
DECLARE
  role record;
  setting record;
BEGIN
  FOR role IN
    SELECT *
    FROM (VALUES
      ('owner', 'NOLOGIN', 'Owns every object of the inventory database. Nobody logs in as it.'),
      ('migrator', 'LOGIN', 'Changes the schema: may become owner. For the migrator function and DBAs.'),
      ('etl', 'LOGIN', 'Writes ledger, levels, rollups and watermarks. Deletes nothing. For the ETL function.'),
      ('app_reader', 'LOGIN', 'Reads schema reporting, read-only. For the reports function.'),
      ('reporter', 'LOGIN', 'Reads schema reporting and the tables of audit, read-only. For analysts and BI tools.')
    ) AS wanted (name, login, purpose)
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role.name) THEN
      EXECUTE format('CREATE ROLE %I %s', role.name, role.login);
      EXECUTE format('COMMENT ON ROLE %I IS %L', role.name, role.purpose);
    END IF;
  END LOOP;

  FOR setting IN
    SELECT *
    FROM (VALUES
      ('migrator', 'statement_timeout', '15min'),
      ('migrator', 'lock_timeout', '10s'),
      ('migrator', 'idle_in_transaction_session_timeout', '1min'),
      ('etl', 'statement_timeout', '20s'),
      ('etl', 'lock_timeout', '10s'),
      ('etl', 'idle_in_transaction_session_timeout', '30s'),
      ('etl', 'synchronous_commit', 'on'),
      ('app_reader', 'statement_timeout', '10s'),
      ('app_reader', 'lock_timeout', '2s'),
      ('app_reader', 'idle_in_transaction_session_timeout', '10s'),
      ('app_reader', 'default_transaction_read_only', 'on'),
      ('reporter', 'statement_timeout', '2min'),
      ('reporter', 'lock_timeout', '2s'),
      ('reporter', 'idle_in_transaction_session_timeout', '5min'),
      ('reporter', 'default_transaction_read_only', 'on')
    ) AS wanted (role, name, value)
  LOOP
    IF NOT EXISTS (
      SELECT
      FROM pg_db_role_setting AS stored
      JOIN pg_roles AS role_of ON role_of.oid = stored.setrole
      WHERE stored.setdatabase = 0
        AND role_of.rolname = setting.role
        AND format('%s=%s', setting.name, setting.value) = ANY (stored.setconfig)
    ) THEN
      EXECUTE format('ALTER ROLE %I SET %I = %L', setting.role, setting.name, setting.value);
    END IF;
  END LOOP;

  IF NOT EXISTS (
    SELECT FROM pg_auth_members WHERE roleid = 'owner'::regrole AND member = 'migrator'::regrole
  ) THEN
    GRANT owner TO migrator;
  END IF;
  -- A managed database's master user is no superuser: it may become owner only as a member.
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT owner TO %I', current_user);
  END IF;
  -- On RDS and Aurora this role lets a user log in with an IAM token, and with nothing else.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
    GRANT rds_iam TO migrator, etl, app_reader, reporter;
  END IF;

  EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO owner', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO migrator, etl, app_reader, reporter', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA audit AUTHORIZATION owner;
CREATE SCHEMA reporting AUTHORIZATION owner;
CREATE SCHEMA ops AUTHORIZATION owner;

SET LOCAL ROLE owner;

COMMENT ON SCHEMA audit IS 'What happened: one row a change, written once, never updated. Source: the change stream of the inventory table.';
COMMENT ON SCHEMA reporting IS 'What analysts and reports read: current levels, rollups and views. Fresh within 30 s in normal running.';
COMMENT ON SCHEMA ops IS 'How the pipeline runs: migrations applied, watermarks, gaps. For operators.';

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA reporting GRANT SELECT ON TABLES TO app_reader, reporter;

GRANT USAGE ON SCHEMA audit TO etl, reporter;
GRANT USAGE ON SCHEMA reporting TO etl, app_reader, reporter;
GRANT USAGE ON SCHEMA ops TO etl;

CREATE TABLE ops.migration (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  applied_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE ops.migration IS 'One row a file of sql/migrations that was applied, written in the file''s own transaction.';
COMMENT ON COLUMN ops.migration.name IS 'File name, such as 0001_create_roles_and_schemas.sql.';
COMMENT ON COLUMN ops.migration.checksum IS 'SHA-256 of the file in hex; a file that changed after it was applied stops the migrator.';
COMMENT ON COLUMN ops.migration.applied_at IS 'When its transaction began.';
COMMENT ON COLUMN ops.migration.applied_by IS 'Database user that was logged in.';
