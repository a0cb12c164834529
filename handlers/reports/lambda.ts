import { connectCache } from "../runtime/cache/index.ts";
import { connectDatabase } from "../runtime/database/database.ts";
import { bind, createHttpHandler } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createReportRoutes } from "./routes.ts";

const binding = bind(Environment);

export const handler = binding.metered(
  createHttpHandler({
    ...binding.ports,
    function: "reports",
    routes: createReportRoutes({ database: connectDatabase(binding, { queryTimeoutMs: 12_000 }) }),
    rateLimiter: connectCache(binding).rateLimiter,
  }),
);
