import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import type { ServiceContext } from "../context.ts";
import { compilePattern, type Json, type Matcher } from "../event-pattern.ts";
import { closeServer, listen } from "../listen.ts";
import { EngineError } from "../wire.ts";
import { createEventArchive, type EventArchive } from "./archive.ts";
import { type BusEvent, isTooLarge, PutEvents, readEntry } from "./event.ts";
import type { EventBusService } from "./event-bus-service.ts";
import { createTarget, type InvokeFunction, type Target } from "./target.ts";

export interface EventBusOptions extends ServiceContext {
  readonly invokeFunction: InvokeFunction;
  readonly port?: number;
}

interface Rule {
  readonly arn: string;
  readonly busName: string;
  readonly matches: Matcher;
  readonly enabled: boolean;
  readonly targets: Map<string, Target>;
}

/** Times are epoch seconds on the wire. */
const StartReplay = z.looseObject({
  ReplayName: z.string(),
  EventSourceArn: z.string(),
  EventStartTime: z.number(),
  EventEndTime: z.number(),
  Destination: z.looseObject({ Arn: z.string(), FilterArns: z.array(z.string()).optional() }),
});

const drainMs = 2_000;

/**
 * EventBridge: buses, rules with patterns, targets, archives. An accepted event is in its archives, and was sent to
 * its targets once, before PutEvents answers; what a target could not take waits in memory for its retries.
 */
export async function startEventBus(options: EventBusOptions): Promise<EventBusService> {
  const { region, accountId, timers } = options;
  const buses = new Set(["default"]);
  const rules = new Map<string, Rule>();
  /** Targets that others took the place of, for what waits for its retry. */
  const replaced: Target[] = [];
  const archives = new Map<string, EventArchive>();
  const replays = new Map<string, object>();
  const arnOf = (resource: string) => `arn:aws:events:${region}:${accountId}:${resource}`;
  const log = (line: string) =>
    options.log({ source: "event-bus", line: `${new Date(timers.now()).toISOString()} ${line}` });

  async function route(busName: string, events: readonly BusEvent[], ruleArns?: readonly string[]): Promise<void> {
    await Promise.all(
      [...rules.values()]
        .filter((rule) => rule.busName === busName && rule.enabled && (ruleArns?.includes(rule.arn) ?? true))
        .flatMap(({ matches, targets }) => {
          const matching = events.filter(matches);
          return matching.length === 0 ? [] : [...targets.values()].map((target) => target.deliver(matching));
        }),
    );
  }

  async function putEvents(input: unknown): Promise<object> {
    const { Entries } = parsed(PutEvents, input);
    if (isTooLarge(Entries)) throw invalid("Total size of the entries in the request is over the limit.");
    const place = { region, accountId, nowMs: timers.now() };
    const read = Entries.map((entry) => readEntry(entry, place));
    for (const busName of new Set(read.flatMap((entry) => (entry.kind === "event" ? entry.busName : [])))) {
      if (!buses.has(busName)) {
        throw new EngineError({
          code: "ResourceNotFoundException",
          status: 400,
          message: `Event bus ${busName} does not exist.`,
        });
      }
      const events = read.flatMap((entry) =>
        entry.kind === "event" && entry.busName === busName ? [entry.event] : [],
      );
      const kept = [...archives.values()].filter((archive) => archive.options.busArn === arnOf(`event-bus/${busName}`));
      await Promise.all(kept.map((archive) => archive.keep(events)));
      await route(busName, events);
    }
    return {
      FailedEntryCount: read.filter(({ kind }) => kind === "refused").length,
      Entries: read.map((entry) =>
        entry.kind === "event" ? { EventId: entry.event.id } : { ErrorCode: entry.code, ErrorMessage: entry.message },
      ),
    };
  }

  async function startReplay(input: unknown): Promise<object> {
    const replay = parsed(StartReplay, input);
    const archive = [...archives.entries()].find(([name]) => arnOf(`archive/${name}`) === replay.EventSourceArn)?.[1];
    if (!archive) throw invalid(`There is no archive ${replay.EventSourceArn}.`);
    if (replay.Destination.Arn !== archive.options.busArn) throw invalid("An archive is replayed to its own bus.");
    const { EventStartTime, EventEndTime } = replay;
    const events = await archive.read({ fromMs: EventStartTime * 1_000, toMs: EventEndTime * 1_000 });
    const named = events.map((event) => ({ ...event, "replay-name": replay.ReplayName }));
    await route(archive.options.busArn.split("/").at(-1) ?? "", named, replay.Destination.FilterArns);
    const ReplayArn = arnOf(`replay/${replay.ReplayName}`);
    replays.set(replay.ReplayName, { ...replay, ReplayArn, State: "COMPLETED" });
    return { ReplayArn, State: "STARTING", ReplayStartTime: timers.now() / 1_000 };
  }

  const operations: Readonly<Record<string, (input: unknown) => Promise<object>>> = {
    PutEvents: putEvents,
    StartReplay: startReplay,
    DescribeReplay: async (input) => {
      const { ReplayName } = parsed(z.looseObject({ ReplayName: z.string() }), input);
      const known = replays.get(ReplayName);
      if (!known) throw invalid(`There is no replay ${ReplayName}.`);
      return known;
    },
  };

  const server = createServer((request, response) => void answer(operations, request, response));
  const port = await listen(server, options.port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    createBus: ({ name }) => {
      buses.add(name);
      return { name, arn: arnOf(`event-bus/${name}`) };
    },
    deleteBus: (name) => void buses.delete(name),
    createRule: ({ name, busName, pattern, enabled = true }) => {
      if (!buses.has(busName)) throw new Error(`rule ${name}: there is no event bus ${busName}`);
      const arn = arnOf(busName === "default" ? `rule/${name}` : `rule/${busName}/${name}`);
      const matches = compilePattern(JSON.parse(pattern) as Json);
      const targets = rules.get(`${busName}/${name}`)?.targets ?? new Map<string, Target>();
      rules.set(`${busName}/${name}`, { arn, busName, matches, enabled, targets });
      return { arn };
    },
    deleteRule: ({ name, busName }) => {
      for (const target of rules.get(`${busName}/${name}`)?.targets.values() ?? []) target.stop();
      rules.delete(`${busName}/${name}`);
    },
    putTarget: (target) => {
      const rule = rules.get(`${target.busName}/${target.rule}`);
      if (!rule) throw new Error(`target ${target.targetId}: there is no rule ${target.rule} on ${target.busName}`);
      const before = rule.targets.get(target.targetId);
      if (before) replaced.push(before);
      const ports = { endpoints: options.endpoints, invokeFunction: options.invokeFunction, timers, log };
      rule.targets.set(target.targetId, createTarget(ports, rule.arn, target));
    },
    removeTarget: ({ rule, busName, targetId }) => {
      const targets = rules.get(`${busName}/${rule}`)?.targets;
      targets?.get(targetId)?.stop();
      targets?.delete(targetId);
    },
    createArchive: (archive) => {
      archives.set(archive.name, createEventArchive(options, archive, archives.get(archive.name)));
      return { arn: arnOf(`archive/${archive.name}`) };
    },
    deleteArchive: (name) => void archives.delete(name),
    stop: async () => {
      await closeServer(server, drainMs);
      const targets = [...replaced, ...[...rules.values()].flatMap((rule) => [...rule.targets.values()])];
      for (const target of targets) target.stop();
    },
  };
}

async function answer(
  operations: Readonly<Record<string, (input: unknown) => Promise<object>>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() };
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const target = String(request.headers["x-amz-target"] ?? "");
    const operation = operations[target.replace(/^AWSEvents\./, "")];
    if (!operation) {
      const message = `${target || "a request without an operation"} is not served here`;
      throw new EngineError({ code: "UnknownOperationException", status: 400, message });
    }
    const body = await operation(JSON.parse(Buffer.concat(chunks).toString() || "{}"));
    response.writeHead(200, headers).end(JSON.stringify(body));
  } catch (error) {
    const known = error instanceof EngineError ? error : undefined;
    response.writeHead(known?.status ?? 500, headers);
    response.end(JSON.stringify({ __type: known?.code ?? "InternalException", message: String(error) }));
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw invalid(z.prettifyError(result.error));
  return result.data;
}

const invalid = (message: string) => new EngineError({ code: "ValidationException", status: 400, message });
