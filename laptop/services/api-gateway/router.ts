import type { Route } from "./definition.ts";

/** The route of a request. */
export interface RouteMatch {
  readonly route: Route;
  /** Values as they are in the path: a REST API does not decode them. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface Candidate {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds the route of a path: fixed segments win over `{parameters}`, and these over a greedy `{proxy+}`. */
export function createRouter(routes: readonly Route[]) {
  const candidates = routes
    .map((route) => ({ route, segments: segmentsOf(route.path) }))
    .sort((left, right) => rank(left).localeCompare(rank(right)));
  return (method: string, path: string): RouteMatch | undefined => {
    const segments = segmentsOf(path);
    for (const candidate of candidates) {
      if (candidate.route.method !== method && candidate.route.method !== "ANY") continue;
      const parameters = match(candidate.segments, segments);
      if (parameters) return { route: candidate.route, parameters };
    }
    return undefined;
  };
}

function segmentsOf(path: string): readonly string[] {
  return path.replace(/\/$/, "").split("/").slice(1);
}

/** Sorts more specific paths first, segment by segment, and a named method before ANY. */
function rank({ route, segments }: Candidate): string {
  const kinds = segments.map((segment) => (segment.endsWith("+}") ? "2" : segment.startsWith("{") ? "1" : "0"));
  return `${kinds.join("")}${route.method === "ANY" ? "1" : "0"}`;
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined || (part.startsWith("{") && segment === "")) return undefined;
    if (part.endsWith("+}")) return { ...parameters, [part.slice(1, -2)]: segments.slice(index).join("/") };
    if (part.startsWith("{")) parameters[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
}
