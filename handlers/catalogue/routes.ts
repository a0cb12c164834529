import { limits } from "../../contract/limits.ts";
import type { Operation, Routes } from "../../contract/routes.ts";
import { done, type Outcome } from "../inventory/index.ts";
import { type Principal, type RouteHandlers, type RouteRequest, versionTag } from "../runtime/index.ts";
import { archiveEntry } from "./archive.ts";
import { type Changed, type EntryChange, patchEntry, putEntry } from "./change.ts";
import { listEntries } from "./list.ts";
import { itemNoun, locationNoun, type Noun, type NounName, type Nouns } from "./noun.ts";
import { entryOf } from "./record.ts";
import { type SearchPorts, searchItems } from "./search.ts";
import { checkTable, readRecord } from "./table.ts";

export interface CataloguePorts extends SearchPorts {
  readonly access: "public" | "private";
  /** The published OpenAPI document as JSON text. */
  readonly openApi: () => Promise<string>;
  /** The published AsyncAPI document as JSON text. */
  readonly asyncApi: () => Promise<string>;
}

const tokenReads: readonly Operation[] = ["getItem", "listItems", "getLocation", "listLocations"];

/** Returns whether a route needs a token: reads of a private catalogue do; health and the API's documents never do. */
export const needsToken = (access: CataloguePorts["access"]) => (operation: Operation) =>
  access === "private" && tokenReads.includes(operation);

interface Freshness {
  readonly consistent: boolean;
  readonly cacheControl: string;
}

const shared = `s-maxage=${limits.catalogueSharedMaxAgeSeconds}, max-age=0`;
/** Shorter than `shared`: the search index lags a little, and a search must find a change within 10 s. */
const sharedSearch = `s-maxage=${limits.searchSharedMaxAgeSeconds}, max-age=0`;

export function createCatalogueRoutes(ports: CataloguePorts): RouteHandlers<"catalogue"> {
  /** Lets a shared cache keep an answer if anyone may see it, and the request had no token and wants no strong read. */
  const freshness = (principal: Principal | undefined, consistency: "default" | "strong"): Freshness => {
    const shareable = ports.access === "public" && !principal && consistency === "default";
    return { consistent: !shareable, cacheControl: shareable ? shared : "private, no-store" };
  };

  async function read<N extends NounName>(noun: Noun<N>, id: Nouns[N]["id"], { consistent, cacheControl }: Freshness) {
    const record = await readRecord(ports, noun, id, { consistent });
    if (!record) return noun.notFound(id);
    return done({ status: 200 as const, body: entryOf(noun, record), etag: versionTag(record.version), cacheControl });
  }

  const list = async <N extends NounName>(noun: Noun<N>, { principal, query }: ListRequest) => {
    const { consistent, cacheControl } = freshness(principal, query.consistency);
    const page = await listEntries(ports, noun, { query, consistent });
    return page.kind === "refused" ? page : done({ status: 200 as const, body: page.value, cacheControl });
  };

  const find = async (
    principal: Principal | undefined,
    query: RouteRequest<Routes["listItems"]>["query"] & Searched,
  ) => {
    const { consistent, cacheControl } = freshness(principal, query.consistency);
    const page = await searchItems(ports, query, { consistent });
    if (page.kind === "refused") return page;
    const searchCacheControl = cacheControl === shared ? sharedSearch : cacheControl;
    return done({ status: 200 as const, body: page.value, cacheControl: searchCacheControl });
  };

  return {
    putItem: async (request) => putAnswerOf(itemNoun, await putEntry(ports, itemChange(request), request.body)),
    patchItem: async (request) => answerOf(itemNoun, await patchEntry(ports, itemChange(request), request.body)),
    archiveItem: async (request) => answerOf(itemNoun, await archiveEntry(ports, itemChange(request))),
    getItem: ({ parameters, principal, query }) =>
      read(itemNoun, parameters.sku, freshness(principal, query.consistency)),
    listItems: ({ principal, query }) => {
      const { search, ...others } = query;
      return search === undefined
        ? list(itemNoun, { principal, query: others })
        : find(principal, { ...others, search });
    },
    putLocation: async (request) =>
      putAnswerOf(locationNoun, await putEntry(ports, locationChange(request), request.body)),
    patchLocation: async (request) =>
      answerOf(locationNoun, await patchEntry(ports, locationChange(request), request.body)),
    archiveLocation: async (request) => answerOf(locationNoun, await archiveEntry(ports, locationChange(request))),
    getLocation: ({ parameters, principal, query }) =>
      read(locationNoun, parameters.id, freshness(principal, query.consistency)),
    listLocations: (request) => list(locationNoun, request),
    getHealth: async () => {
      await checkTable(ports);
      return done({ status: 200, body: { status: "ok" } });
    },
    getOpenApi: async () => description(await ports.openApi()),
    getAsyncApi: async () => description(await ports.asyncApi()),
  };
}

const description = (text: string) =>
  done({ status: 200 as const, text, contentType: "application/json", cacheControl: shared });

type ListRequest = Pick<RouteRequest<Routes["listLocations"]>, "principal" | "query">;
interface Searched {
  readonly search: string;
}
type ItemCommand = Pick<RouteRequest<Routes["archiveItem"]>, "parameters" | "context" | "ifMatch">;
type LocationCommand = Pick<RouteRequest<Routes["archiveLocation"]>, "parameters" | "context" | "ifMatch">;

const itemChange = ({ parameters, context, ifMatch }: ItemCommand): EntryChange<"item"> => ({
  noun: itemNoun,
  id: parameters.sku,
  context,
  ifMatch,
});

const locationChange = ({ parameters, context, ifMatch }: LocationCommand): EntryChange<"location"> => ({
  noun: locationNoun,
  id: parameters.id,
  context,
  ifMatch,
});

function answerOf<N extends NounName>(noun: Noun<N>, changed: Outcome<Changed<N>>) {
  if (changed.kind === "refused") return changed;
  const { record } = changed.value;
  return done({ status: 200 as const, body: entryOf(noun, record), etag: versionTag(record.version) });
}

function putAnswerOf<N extends NounName>(noun: Noun<N>, changed: Outcome<Changed<N>>) {
  const answer = answerOf(noun, changed);
  if (answer.kind === "refused" || changed.kind === "refused" || !changed.value.created) return answer;
  return done({ ...answer.value, status: 201 as const });
}
