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
    // The deployed package contains the files of sql/migrations next to the bundle.
    readMigrations: () => readMigrationFiles(fileURLToPath(new URL("migrations", import.meta.url))),
  }),
);
