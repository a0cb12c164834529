import { connectCache, createCachedLevels } from "../runtime/cache/index.ts";
import { bind, createHttpHandler, storePorts } from "../runtime/index.ts";
import { createStockStore } from "../store/index.ts";
import { Environment } from "./environment.ts";
import { createStockRoutes, stockChecks } from "./routes.ts";

const binding = bind(Environment);
const { ports } = binding;
const { levelCache, rateLimiter } = connectCache(binding);
const store = createStockStore(storePorts(binding));

export const handler = binding.metered(
  createHttpHandler({
    ...ports,
    function: "stock",
    routes: createStockRoutes({
      ...ports,
      store,
      levels: createCachedLevels({ ...ports, levelCache, table: store }),
    }),
    checks: stockChecks,
    rateLimiter,
  }),
);
