import { lazy } from "../runtime/index.ts";

// Each generator is loaded when its document is first asked for, so that no other request pays for it.

export const openApiDocument = lazy(async () => {
  const { createOpenApi } = await import("../../contract/openapi.ts");
  return JSON.stringify(createOpenApi());
});

export const asyncApiDocument = lazy(async () => {
  const { createAsyncApi } = await import("../../contract/asyncapi.ts");
  return JSON.stringify(createAsyncApi());
});
