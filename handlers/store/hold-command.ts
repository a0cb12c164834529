import { type HoldRequest, holdNeeds, holdSkus, needsAllocation, planHold, type Supply } from "../inventory/index.ts";
import type { Command } from "./command-runner.ts";
import type { ExistenceFact } from "./existence.ts";
import { createLevelReader } from "./level-reader.ts";
import type { SendPorts } from "./plan-sender.ts";
import type { TableReader } from "./table-reader.ts";

/** Returns the command of a hold. It reads where stock is only if a line has no location; else it reads nothing. */
export function holdCommand(ports: SendPorts, request: HoldRequest): Command<readonly Supply[]> {
  const needs = holdNeeds(request);
  const decide: Command<readonly Supply[]>["decide"] = (planContext, supplies) =>
    planHold(planContext, request, supplies);
  if (!needsAllocation(request)) return { needs, read: async () => [], decide };
  return {
    needs,
    chooses: true,
    read: (reader, options) => readSupplies(ports, reader, { request, ...options }),
    decide,
  };
}

interface Asked {
  readonly request: HoldRequest;
  readonly consistent: boolean;
}

async function readSupplies(ports: SendPorts, reader: TableReader, asked: Asked): Promise<readonly Supply[]> {
  const levels = createLevelReader(reader, ports.tables.inventory);
  const ofItems = holdSkus(asked.request).map((sku) => levels.ofItem(sku, { consistent: asked.consistent }));
  const records = (await Promise.all(ofItems)).flat();
  const locations = await ports.existence.locations(reader, [...new Set(records.map(({ location }) => location))]);
  return records.map(({ sku, location, sellable }) => ({
    sku,
    location,
    sellable,
    ...preferenceOf(locations.get(location)),
  }));
}

/** Lines without a location take stock only from active warehouses and stores. */
function preferenceOf(location: ExistenceFact | undefined): Pick<Supply, "eligible" | "priority"> {
  const { status, kind, priority = 0 } = location ?? {};
  return { eligible: status === "active" && (kind === "warehouse" || kind === "store"), priority };
}
