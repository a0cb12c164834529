import type { MovementCommand } from "../../contract/movement.ts";
import type { Refusal } from "../../contract/problem.ts";
import { guardsFor } from "./guard.ts";
import { type LevelPlace, type LevelRecord, placeKey, placeName } from "./level.ts";
import type { LevelChange, VersionExpected } from "./level-change.ts";
import { foldByLevel, tooManyLevels } from "./level-lines.ts";
import { movementOf } from "./movement.ts";
import { composePlan, type Decision, type Needs, type PlanContext, refuse } from "./plan.ts";
import { invalid, versionMoved } from "./refusal.ts";

/** A line of a movement command after merging: one per level. */
interface MovementLine extends LevelPlace {
  readonly quantity: number;
  readonly expected?: number | undefined;
}

/** A movement command that passed every check that needs no state. */
export interface MovementRequest {
  readonly command: MovementCommand;
  readonly lines: readonly MovementLine[];
  readonly expectedVersion: number | undefined;
}

/** The newest records of the levels that were read, by `placeKey`. */
export type LevelsRead = ReadonlyMap<string, LevelRecord>;

export function prepareMovements(command: MovementCommand, expectedVersion?: number): MovementRequest | Refusal {
  if (expectedVersion !== undefined && command.lines.length > 1) {
    return invalid([
      { path: "If-Match", message: `names one version, but the command has ${command.lines.length} lines` },
    ]);
  }
  const lines = foldByLevel<MovementLine>(command.lines, addLines);
  if (command.kind === "count" && lines.length < command.lines.length) return countedTwice(command.lines);
  const empty = lines.filter(({ quantity }) => quantity === 0 && command.kind !== "count");
  if (empty.length > 0) return invalid(empty.map((line) => ({ path: "/lines", message: cancelsOut(line) })));
  return tooManyLevels(lines.length) ?? { command, lines, expectedVersion };
}

function addLines(first: MovementLine, next: MovementLine): MovementLine {
  const expected = (first.expected ?? 0) + (next.expected ?? 0);
  return { ...first, quantity: first.quantity + next.quantity, ...(expected > 0 && { expected }) };
}

const cancelsOut = (line: LevelPlace): string => `the lines for ${placeName(line)} add up to 0`;

function countedTwice(lines: readonly LevelPlace[]): Refusal {
  const seen = new Set<string>();
  const errors = lines.flatMap((line, index) => {
    const key = placeKey(line);
    if (seen.has(key)) return [{ path: `/lines/${index}`, message: `${placeName(line)} is counted twice` }];
    seen.add(key);
    return [];
  });
  return invalid(errors);
}

/** Archived items and locations are still corrected by adjust and count. */
export function movementNeeds({ command, lines }: MovementRequest): Needs {
  const existence = command.kind === "adjust" || command.kind === "count" ? "known" : "active";
  const skus = [...new Set(lines.map((line) => line.sku))];
  return { existence, skus, locations: [...new Set(lines.map((line) => line.location))] };
}

/** `levels` matters to a count alone: it sets what it found, so it compares; the others add to whatever is there. */
export function planMovements(planContext: PlanContext, request: MovementRequest, levels: LevelsRead): Decision {
  const moved = movedSinceMatch(request, levels);
  if (moved) return refuse(moved);
  const changes = request.lines.map((line, index) => lineChange({ planContext, request, levels }, line, index));
  const movements = changes.map(({ place, movement: { id, kind, quantity } }) => ({ id, kind, ...place, quantity }));
  return composePlan(planContext, {
    answer: { type: "movements", movements },
    needs: movementNeeds(request),
    changes,
  });
}

function movedSinceMatch({ command, lines: [line], expectedVersion }: MovementRequest, levels: LevelsRead) {
  if (command.kind !== "count" || expectedVersion === undefined || !line) return undefined;
  const found = versionRead(levels, line);
  return found === expectedVersion ? undefined : versionMoved(placeName(line), expectedVersion, found);
}

interface LineContext {
  readonly planContext: PlanContext;
  readonly request: MovementRequest;
  readonly levels: LevelsRead;
}

function lineChange({ planContext, request, levels }: LineContext, line: MovementLine, index: number): LevelChange {
  const { command, expectedVersion } = request;
  const { quantity } = line;
  const place = { sku: line.sku, location: line.location };
  const moved = { kind: command.kind, quantity, index, described: command };
  if (command.kind === "count") {
    const deltas = { onHand: quantity - (levels.get(placeKey(line))?.onHand ?? 0) };
    const version: VersionExpected = { number: versionRead(levels, line), by: "read" };
    return { place, movement: movementOf(planContext, { ...moved, deltas }), guards: [], version };
  }
  const deltas = { onHand: quantity, incoming: -(line.expected ?? 0) };
  const version: VersionExpected | undefined =
    expectedVersion === undefined ? undefined : { number: expectedVersion, by: "client" };
  const movement = movementOf(planContext, { ...moved, deltas });
  return { place, movement, guards: guardsFor(deltas), ...(version && { version }) };
}

const versionRead = (levels: LevelsRead, line: LevelPlace): number => levels.get(placeKey(line))?.version ?? 0;
