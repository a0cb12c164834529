import { z } from "zod";
import { anyone, type Route } from "../route.ts";

/** The health check and the published descriptions of the service. */
export const serviceRoutes = {
  getHealth: {
    method: "GET",
    path: "/health",
    summary: "Whether the service answers",
    function: "catalogue",
    kind: "read",
    rateLimit: "read",
    access: anyone,
    answers: { 200: { description: "It does", schema: z.strictObject({ status: z.literal("ok") }) } },
    problems: [],
  },
  getOpenApi: {
    method: "GET",
    path: "/openapi.json",
    summary: "This description (OpenAPI 3.1)",
    function: "catalogue",
    kind: "read",
    rateLimit: "read",
    access: anyone,
    answers: { 200: { description: "OpenAPI 3.1", schema: z.looseObject({ openapi: z.string() }) } },
    problems: [],
  },
  getAsyncApi: {
    method: "GET",
    path: "/asyncapi.json",
    summary: "Description of the events (AsyncAPI 3.0)",
    function: "catalogue",
    kind: "read",
    rateLimit: "read",
    access: anyone,
    answers: { 200: { description: "AsyncAPI 3.0", schema: z.looseObject({ asyncapi: z.string() }) } },
    problems: [],
  },
} as const satisfies Record<string, Route>;
