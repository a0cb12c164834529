import { z } from "zod";
import type { ServiceContext } from "../context.ts";
import type { Archives } from "./archives.ts";
import { busNameOf, eventsArn } from "./arn.ts";
import { parseInput, validationError } from "./input.ts";
import type { Rules } from "./rules.ts";

/** Times are epoch seconds on the wire. */
const StartReplay = z.looseObject({
  ReplayName: z.string(),
  EventSourceArn: z.string(),
  EventStartTime: z.number(),
  EventEndTime: z.number(),
  Destination: z.looseObject({ Arn: z.string(), FilterArns: z.array(z.string()).optional() }),
});
const DescribeReplay = z.looseObject({ ReplayName: z.string() });

export interface ReplayPorts {
  readonly context: Pick<ServiceContext, "region" | "accountId" | "timers">;
  readonly archives: Archives;
  readonly rules: Rules;
}

/** Sends archived events to the rules of their bus once more. */
export class Replays {
  readonly #ports: ReplayPorts;
  /** As DescribeReplay answers, by name. */
  readonly #replays = new Map<string, object>();

  constructor(ports: ReplayPorts) {
    this.#ports = ports;
  }

  async start(input: unknown): Promise<object> {
    const { context, archives, rules } = this.#ports;
    const replay = parseInput(StartReplay, input);
    const archive = archives.byArn(replay.EventSourceArn);
    if (!archive) throw validationError(`There is no archive ${replay.EventSourceArn}.`);
    const { busArn } = archive.options;
    if (replay.Destination.Arn !== busArn) throw validationError("An archive is replayed to its own bus.");
    const { EventStartTime, EventEndTime, Destination } = replay;
    const events = await archive.read({ fromMs: EventStartTime * 1_000, toMs: EventEndTime * 1_000 });
    const named = events.map((event) => ({ ...event, "replay-name": replay.ReplayName }));
    const ruleArns = Destination.FilterArns;
    await rules.route(named, { busName: busNameOf(busArn), ...(ruleArns && { ruleArns }) });
    const ReplayArn = eventsArn(context, `replay/${replay.ReplayName}`);
    this.#replays.set(replay.ReplayName, { ...replay, ReplayArn, State: "COMPLETED" });
    return { ReplayArn, State: "STARTING", ReplayStartTime: context.timers.now() / 1_000 };
  }

  describe(input: unknown): object {
    const { ReplayName } = parseInput(DescribeReplay, input);
    const replay = this.#replays.get(ReplayName);
    if (!replay) throw validationError(`There is no replay ${ReplayName}.`);
    return replay;
  }
}
