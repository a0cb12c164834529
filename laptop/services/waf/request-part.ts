import type { Field, Oversize, TextTransformation, WebRequest } from "./web-acl.ts";

/** A request, and how much of its body the rules may look at. */
export interface Inspected {
  readonly request: WebRequest;
  readonly bodyBytesMax: number;
  /** That much of the body, byte for byte. */
  readonly bodyText: string;
}

/** Rules look at this many bytes of the cookies. https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html */
const cookieBytesMax = 8_192;

/** The texts that a rule looks at, byte for byte (latin1, as Node gives headers); or the rule's own answer to a body that is too long. */
export type InspectedPart =
  | { readonly texts: readonly string[] }
  | { readonly oversize: Exclude<Oversize, "CONTINUE"> };

export function partOf({ request, bodyBytesMax, bodyText }: Inspected, field: Field): InspectedPart {
  switch (field.part) {
    case "body":
      if (request.body.length > bodyBytesMax && field.oversize !== "CONTINUE") return { oversize: field.oversize };
      return { texts: [bodyText] };
    case "method":
      return { texts: [request.method] };
    case "uriPath":
      return { texts: [request.uriPath] };
    case "queryString":
      return { texts: [request.queryString] };
    case "allQueryArguments":
      return { texts: queryArguments(request.queryString).map(([, value]) => value) };
    case "queryArgument": {
      const wanted = field.name.toLowerCase();
      const found = queryArguments(request.queryString).filter(([name]) => name.toLowerCase() === wanted);
      return { texts: found.map(([, value]) => value) };
    }
    case "header":
      return { texts: headerValues(request, field.name) };
  }
}

export function headerValues(request: WebRequest, name: string): string[] {
  const wanted = name.toLowerCase();
  return request.headers.filter(([candidate]) => candidate.toLowerCase() === wanted).map(([, value]) => value);
}

export function cookies(request: WebRequest): string {
  return headerValues(request, "cookie").join("; ").slice(0, cookieBytesMax);
}

/** Names and values as sent, not decoded. */
export function queryArguments(queryString: string): readonly (readonly [name: string, value: string])[] {
  if (queryString === "") return [];
  return queryString.split("&").map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  });
}

export function transform(text: string, transformations: readonly TextTransformation[]): string {
  return transformations.reduce((current, transformation) => {
    if (transformation === "LOWERCASE") return current.toLowerCase();
    return transformation === "URL_DECODE" ? urlDecode(current) : current;
  }, text);
}

/** A percent sign without two hexadecimal digits stays as it is. */
export function urlDecode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
