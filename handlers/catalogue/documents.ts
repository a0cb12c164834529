import { lazy } from "../runtime/index.ts";

// A generator is loaded when its document is first requested, so that other requests do not load it.

export const openApiDocument = lazy(async () => {
  const { createOpenApi } = await import("../../contract/openapi.ts");
  return JSON.stringify(createOpenApi());
});

export const asyncApiDocument = lazy(async () => {
  const { createAsyncApi } = await import("../../contract/asyncapi.ts");
  return JSON.stringify(createAsyncApi());
});
