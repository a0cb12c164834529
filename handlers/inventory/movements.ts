import type { MovementCommand } from "../../contract/movement.ts";
import {
  type CommandKind,
  type CommandMeaning,
  type LineValues,
  lineAmounts,
  lineQuantities,
  movementKinds,
} from "../../contract/movement-kind.ts";
import { type Deltas, recordOf } from "../../contract/quantity.ts";
import { guardsOf } from "./guard.ts";
import { type LevelPlace, type LevelRecord, placeKey, placeName, quantitiesOf } from "./level.ts";
import type { LevelChange } from "./level-change.ts";
import { foldByLevel, tooManyLevels } from "./level-lines.ts";
import { movementOf } from "./movement.ts";
import { done, type Outcome, type Refused } from "./outcome.ts";
import { composePlan, type Decision, type Needs, type PlanContext } from "./plan.ts";
import { invalid, versionMoved } from "./refusal.ts";

/** A line of a movement command after merging: one for each level. */
type MovementLine = LevelPlace & LineValues;

/** A movement command that passed every check that needs no state. */
export interface MovementRequest {
  readonly command: MovementCommand;
  readonly lines: readonly MovementLine[];
  readonly expectedVersion: number | undefined;
}

/** The records that were read, by `placeKey`. */
export type LevelsRead = ReadonlyMap<string, LevelRecord>;

export function prepareMovements(command: MovementCommand, expectedVersion?: number): Outcome<MovementRequest> {
  if (expectedVersion !== undefined && command.lines.length > 1) {
    return invalid([
      { path: "If-Match", message: `names one version, but the command has ${command.lines.length} lines` },
    ]);
  }
  const lines = foldByLevel<MovementLine>(command.lines, addLines);
  const { repeatedLevel, quantity } = movementKinds[command.kind];
  if (repeatedLevel.is === "refused" && lines.length < command.lines.length) {
    return refuseRepeated(command.lines, repeatedLevel.because);
  }
  const empty = lines.filter((line) => line.quantity === 0 && !lineQuantities[quantity].safeParse(0).success);
  if (empty.length > 0) return invalid(empty.map((line) => ({ path: "/lines", message: cancelsOut(line) })));
  return tooManyLevels(lines.length) ?? done({ command, lines, expectedVersion });
}

function addLines(first: MovementLine, next: MovementLine): MovementLine {
  const amounts = recordOf(lineAmounts, (name) => (first[name] ?? 0) + (next[name] ?? 0) || undefined);
  return { ...first, quantity: first.quantity + next.quantity, ...amounts };
}

const cancelsOut = (line: LevelPlace): string => `the lines for ${placeName(line)} add up to 0`;

function refuseRepeated(lines: readonly LevelPlace[], because: string): Refused {
  const seen = new Set<string>();
  const errors = lines.flatMap((line, index) => {
    const key = placeKey(line);
    if (seen.has(key)) return [{ path: `/lines/${index}`, message: `${placeName(line)} ${because}` }];
    seen.add(key);
    return [];
  });
  return invalid(errors);
}

export function movementNeeds({ command, lines }: MovementRequest): Needs {
  return {
    existence: movementKinds[command.kind].existence,
    skus: [...new Set(lines.map(({ sku }) => sku))],
    locations: [...new Set(lines.map(({ location }) => location))],
  };
}

/** Returns whether the levels must be read before the plan is made. */
export const movementReads = ({ command }: MovementRequest): "nothing" | "level" => movementKinds[command.kind].reads;

/**
 * Plans a movement command. `levels` matters only for a kind that reads levels; other kinds add to the stored values.
 */
export function planMovements(planContext: PlanContext, request: MovementRequest, levels: LevelsRead): Decision {
  const moved = movedSinceMatch(request, levels);
  if (moved) return moved;
  const changes = request.lines.map((line, index) => lineChange({ planContext, request, levels }, line, index));
  const movements = changes.map(({ place, movement: { id, kind, quantity } }) => ({ id, kind, ...place, quantity }));
  return composePlan(planContext, {
    answer: { type: "movements", movements },
    needs: movementNeeds(request),
    changes,
  });
}

/** Compares `If-Match` for a kind that reads the level. For the other kinds the transaction compares it. */
function movedSinceMatch(request: MovementRequest, levels: LevelsRead): Refused | undefined {
  const {
    lines: [line],
    expectedVersion,
  } = request;
  if (movementReads(request) === "nothing" || expectedVersion === undefined || !line) return undefined;
  const found = versionRead(levels, line);
  return found === expectedVersion ? undefined : versionMoved(placeName(line), expectedVersion, found);
}

interface LineContext {
  readonly planContext: PlanContext;
  readonly request: MovementRequest;
  readonly levels: LevelsRead;
}

function lineChange({ planContext, request, levels }: LineContext, line: MovementLine, index: number): LevelChange {
  const { command } = request;
  const place = { sku: line.sku, location: line.location };
  const deltas = deltasOf(command.kind, line, levels);
  const version = versionExpected(request, line, levels);
  return {
    place,
    movement: movementOf(planContext, {
      kind: command.kind,
      quantity: line.quantity,
      deltas,
      index,
      described: command,
    }),
    guards: guardsOf(command.kind, deltas),
    ...(version && { version }),
  };
}

function deltasOf(kind: CommandKind, line: MovementLine, levels: LevelsRead): Deltas {
  const meaning: CommandMeaning = movementKinds[kind];
  if (meaning.reads === "nothing") return meaning.deltas(line);
  return meaning.deltas(line, quantitiesOf(levels.get(placeKey(line))));
}

function versionExpected(request: MovementRequest, line: MovementLine, levels: LevelsRead): LevelChange["version"] {
  if (movementReads(request) === "level") return { number: versionRead(levels, line), by: "read" };
  const { expectedVersion } = request;
  return expectedVersion === undefined ? undefined : { number: expectedVersion, by: "client" };
}

const versionRead = (levels: LevelsRead, line: LevelPlace): number => levels.get(placeKey(line))?.version ?? 0;
