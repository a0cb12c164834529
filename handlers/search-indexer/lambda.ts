import { connectDatabase } from "../runtime/database/database.ts";
import { bind } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createSearchIndexer } from "./search-indexer.ts";

const binding = bind(Environment);
const database = connectDatabase(binding, { queryTimeoutMs: 12_000 });

export const handler = binding.metered(createSearchIndexer({ ...binding.ports, database }));
