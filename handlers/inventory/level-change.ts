import type { Policy } from "../../contract/level.ts";
import type { Movement } from "../../contract/movement.ts";
import { quantityNames, recordOf } from "../../contract/quantity.ts";
import { type Guard, guardCondition } from "./guard.ts";
import { levelKey } from "./keys.ts";
import { derive, type LevelPlace } from "./level.ts";
import type { Attributes, TableWrite } from "./table-write.ts";

/**
 * What a command does to one level. Without `version` it is a delta: arithmetic under guards, correct at any state of
 * the level. With `version` it commits only at that version; 0 means that the level does not exist yet.
 */
export interface LevelChange {
  readonly place: LevelPlace;
  readonly movement: Movement;
  readonly guards: readonly Guard[];
  readonly version?: VersionExpected;
  /** Present when the command sets the thresholds. Without `value` the command removes them. */
  readonly lowStock?: { readonly value: Policy["lowStock"] };
}

/**
 * The version that a change expects. When it differs, a version that the client named leads to a refusal; a version
 * that the function read leads to a new read.
 */
export interface VersionExpected {
  readonly number: number;
  readonly by: "client" | "read";
}

// Every change adds to every quantity, and adds 0 to most of them. So one expression creates and changes a level, and a
// new level has all its quantities.
const added = [...quantityNames, "sellable", "intact", "version"];
const assigned = ["type", "sku", "location", "updatedAt", "movement"];
const addClause = `ADD ${added.map((name) => `#${name} :${name}`).join(", ")}`;
const setClause = `SET ${assigned.map((name) => `#${name} = :${name}`).join(", ")}`;

/** Returns the one update that changes the quantities, the sums derived from them, the version and the movement. */
export function levelWrite(table: string, change: LevelChange): TableWrite {
  const { place, movement } = change;
  const lowStock = lowStockPart(change);
  const condition = conditionOf(change);
  return {
    Update: {
      TableName: table,
      Key: levelKey(place.sku, place.location),
      UpdateExpression: `${addClause} ${setClause}${lowStock.text}`,
      ConditionExpression: condition.text,
      ExpressionAttributeNames: namesOf([...added, ...assigned, ...lowStock.names, ...condition.names]),
      ExpressionAttributeValues: {
        ...withColons({ ...zeros, ...movement.deltas, ...derive(movement.deltas), version: 1 }),
        ...withColons({ type: "level", ...place, updatedAt: movement.at, movement }),
        ...lowStock.values,
        ...condition.values,
      },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    },
  };
}

interface Part {
  readonly text: string;
  readonly names: readonly string[];
  readonly values: Attributes;
}

function conditionOf({ version, guards }: LevelChange): Part {
  const parts = [...(version ? [versionCondition(version.number)] : []), ...guards.map(guardCondition)];
  if (parts.length === 0) throw new Error("a change of a level has no condition: it needs a version or a guard");
  const text = parts.map((part) => part.text).join(" AND ");
  const names = text.includes("#pk") ? ["pk"] : [];
  return { text, names, values: Object.assign({}, ...parts.map((part) => part.values)) };
}

const versionCondition = (number: number): { text: string; values: Attributes } =>
  number === 0
    ? { text: "attribute_not_exists(#pk)", values: {} }
    : { text: "#version = :versionExpected", values: { ":versionExpected": number } };

function lowStockPart({ lowStock }: LevelChange): Part {
  if (!lowStock) return { text: "", names: [], values: {} };
  if (!lowStock.value) return { text: " REMOVE #lowStock", names: ["lowStock"], values: {} };
  return { text: ", #lowStock = :lowStock", names: ["lowStock"], values: { ":lowStock": lowStock.value } };
}

const zeros = recordOf(quantityNames, () => 0);
const namesOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [`#${name}`, name]));
const withColons = (values: Attributes) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
