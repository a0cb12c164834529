import { connectCache } from "../runtime/cache/index.ts";
import { bind, createHttpHandler, lazyDynamoDb } from "../runtime/index.ts";
import { asyncApiDocument, openApiDocument } from "./documents.ts";
import { Environment } from "./environment.ts";
import { lazyFindItems } from "./lazy-find-items.ts";
import { createCatalogueRoutes, needsToken } from "./routes.ts";

const binding = bind(Environment);
const { environment, ports } = binding;

export const handler = binding.metered(
  createHttpHandler({
    ...ports,
    function: "catalogue",
    routes: createCatalogueRoutes({
      ...ports,
      // Every write is conditioned on a revision, so the DynamoDB client may repeat a write whose answer was lost.
      dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
      inventoryTable: environment.INVENTORY_TABLE,
      access: environment.CATALOGUE_ACCESS,
      openApi: openApiDocument,
      asyncApi: asyncApiDocument,
      findItems: lazyFindItems(binding),
    }),
    needsToken: needsToken(environment.CATALOGUE_ACCESS),
    rateLimiter: connectCache(binding).rateLimiter,
  }),
);
