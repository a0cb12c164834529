import { expect, it } from "vitest";
import { connectedClient, migratedDatabase } from "../test/support/database.ts";

it("every schema, relation, column, function, index and role of ours has a comment", async () => {
  const client = await connectedClient(await migratedDatabase());
  const { rows } = await client.query(
    `WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname IN ('audit', 'reporting', 'ops', 'search')),
     relation AS (
       SELECT oid, relkind FROM pg_class
       WHERE relnamespace IN (SELECT oid FROM ours) AND (relkind IN ('r', 'p', 'v', 'm') OR relkind = 'i')
     ),
     described AS (
       SELECT nspname::text AS name, obj_description(oid, 'pg_namespace') AS comment
       FROM pg_namespace WHERE oid IN (SELECT oid FROM ours)
       UNION ALL
       SELECT oid::regclass::text, obj_description(oid, 'pg_class') FROM relation
       WHERE oid NOT IN (SELECT indexrelid FROM pg_index WHERE indisprimary)
         AND oid NOT IN (SELECT inhrelid FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid WHERE child.relkind = 'i')
       UNION ALL
       SELECT attrelid::regclass || '.' || attname, col_description(attrelid, attnum)
       FROM pg_attribute JOIN relation ON relation.oid = attrelid AND relkind <> 'i'
       WHERE attnum > 0 AND NOT attisdropped
         AND attrelid <> 'audit.movement_default'::regclass
       UNION ALL
       SELECT oid::regprocedure::text, obj_description(oid, 'pg_proc')
       FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)
       UNION ALL
       SELECT rolname::text, shobj_description(oid, 'pg_authid')
       FROM pg_roles WHERE rolname IN ('owner', 'migrator', 'etl', 'app_reader', 'reporter', 'indexer')
     )
     SELECT name FROM described WHERE comment IS NULL OR comment = '' ORDER BY 1`,
  );
  expect(rows).toEqual([]);
});
