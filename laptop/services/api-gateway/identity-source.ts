import { type ApiFacts, requestContext } from "./proxy-event.ts";
import { type GatewayRequest, headerOf } from "./request.ts";

/** The value at an identity source such as `method.request.header.Authorization`; undefined when the request has none. */
export function identityAt(source: string, request: GatewayRequest, facts: ApiFacts): string | undefined {
  const [, place, name = ""] =
    /^(method\.request\.header|method\.request\.querystring|stageVariables|context)\.(.+)$/.exec(source) ?? [];
  switch (place) {
    case "method.request.header":
      return headerOf(request.headers, name);
    case "method.request.querystring":
      return request.query[name]?.at(-1);
    case "stageVariables":
      return facts.stageVariables[name];
    case "context": {
      const context: Readonly<Record<string, unknown>> = requestContext({ request, facts });
      const value = name === "identity.sourceIp" ? request.sourceIp : context[name];
      return typeof value === "string" ? value : undefined;
    }
    default:
      throw new Error(`"${source}" is no identity source`);
  }
}
