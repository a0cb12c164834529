import { connectDatabase } from "../runtime/database/database.ts";
import { bind } from "../runtime/index.ts";
import { connectQuarantine } from "../runtime/table-change/index.ts";
import { Environment } from "./environment.ts";
import { createEtl } from "./etl.ts";

const binding = bind(Environment);

export const handler = binding.metered(
  createEtl({
    ...binding.ports,
    database: connectDatabase(binding, { queryTimeoutMs: 25_000 }),
    quarantine: connectQuarantine(binding, "etl"),
  }),
);
