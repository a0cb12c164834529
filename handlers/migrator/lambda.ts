import { fileURLToPath } from "node:url";
import { bind } from "../runtime/index.ts";
import { connectAsMaster } from "./connect-as-master.ts";
import { Environment } from "./environment.ts";
import { readMigrationFiles } from "./migration-file.ts";
import { createMigrator } from "./migrator.ts";

const binding = bind(Environment);

export const handler = binding.metered(
  createMigrator({
    ...binding.ports,
    connect: connectAsMaster(binding),
    // The bundle carries the files of sql/migrations beside it.
    readMigrations: () => readMigrationFiles(fileURLToPath(new URL("migrations", import.meta.url))),
  }),
);
