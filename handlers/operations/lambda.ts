import { connectCache } from "../runtime/cache/index.ts";
import { connectDatabase } from "../runtime/database/database.ts";
import { bind, createHttpHandler, lazySqs } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createOperationsRoutes } from "./routes.ts";

const binding = bind(Environment);
const { environment, ports } = binding;

export const handler = binding.metered(
  createHttpHandler({
    ...ports,
    function: "operations",
    routes: createOperationsRoutes({
      ...ports,
      sqs: lazySqs({ timeoutMs: 1_000, attemptCountMax: 2 }),
      queues: environment.QUEUES,
      database: connectDatabase(binding, { queryTimeoutMs: 3_000 }),
    }),
    rateLimiter: connectCache(binding).rateLimiter,
  }),
);
