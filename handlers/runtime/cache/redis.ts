import { createHash } from "node:crypto";
import { Redis as Client } from "ioredis";
import type { Clock } from "../../inventory/index.ts";
import type { Log } from "../observability/log.ts";
import type { Meter } from "../observability/meter.ts";
import { type Breaker, createBreaker } from "./breaker.ts";

/**
 * Redis did not respond, or no command was sent because recent ones failed. Callers continue without Redis where they
 * can.
 */
export class CacheUnavailable extends Error {
  override readonly name = "CacheUnavailable";
}

/** A Lua script that Redis runs atomically. Each script uses one key, so that it also runs on a cluster. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

export const script = (text: string): Script => ({ text, sha1: createHash("sha1").update(text).digest("hex") });

export interface Redis {
  /**
   * Runs a script.
   * @throws CacheUnavailable, after `connectMs + 2 * commandMs` at the latest, immediately while the breaker is open
   */
  run(script: Script, key: string, args: readonly (string | number)[]): Promise<unknown>;
  close(): void;
}

export interface RedisOptions {
  readonly address: { readonly host: string; readonly port: number; readonly tls: boolean };
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** @default 200 */
  readonly connectMs?: number;
  /** @default 50 */
  readonly commandMs?: number;
}

const breakAfterFailureCount = 3;
const breakMs = 1_000;

/**
 * Creates a client with one connection. It connects at the first command, and again after the connection was lost.
 * Commands do not wait in a queue while there is no connection, and no command is sent twice: a fast request is worth
 * more than a cached value.
 */
export function createRedis(options: RedisOptions): Redis {
  const { clock, log, meter, commandMs = 50 } = options;
  const breaker = createBreaker({ clock, failureCountMax: breakAfterFailureCount, openMs: breakMs });
  let connecting: Promise<Client> | undefined;

  const forget = (lost: Promise<Client> | undefined) => {
    if (connecting === lost) connecting = undefined;
    lost?.then((client) => client.disconnect()).catch(() => undefined);
  };
  const connected = (): Promise<Client> => {
    if (connecting) return connecting;
    const made = connect(options, () => forget(made));
    connecting = made;
    made.catch(() => forget(made));
    return made;
  };

  return {
    async run({ text, sha1 }, key, args) {
      if (!breaker.allows()) {
        meter.count("CacheUnavailable");
        throw new CacheUnavailable("Redis did not answer recently; the next attempt is within a second");
      }
      const used = connected();
      try {
        const client = await used;
        const reply = await inTime(client.evalsha(sha1, 1, key, ...args), commandMs).catch((error: unknown) => {
          if (!isUnknownScript(error)) throw error;
          return inTime(client.eval(text, 1, key, ...args), commandMs);
        });
        breaker.succeeded();
        return reply;
      } catch (error) {
        meter.count("CacheUnavailable");
        noteFailure(breaker, error, log, () => forget(used));
        throw new CacheUnavailable("Redis did not answer", { cause: error });
      }
    },
    close: () => forget(connecting),
  };
}

async function connect({ address, connectMs = 200 }: RedisOptions, onLost: () => void) {
  const client = new Client({
    host: address.host,
    port: address.port,
    ...(address.tls && { tls: {} }),
    lazyConnect: true,
    connectTimeout: connectMs,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    disableClientInfo: true,
  });
  client.on("error", () => undefined); // The pending command reports the error.
  client.on("end", onLost);
  await client.connect();
  return client;
}

/** Records a failure. One slow reply keeps the connection; any other failure drops it, because the node may be gone. */
function noteFailure(breaker: Breaker, error: unknown, log: Log, forget: () => void): void {
  const slow = error instanceof SlowAnswer;
  const change = breaker.failed(!slow);
  if (!slow || change === "opened") forget();
  if (change === "opened") log.warn("Redis does not answer: going on without it", { reason: String(error) });
}

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith("NOSCRIPT");

class SlowAnswer extends Error {
  override readonly name = "SlowAnswer";
}

/**
 * Rejects when a reply takes longer than `waitMsMax`. A reply that has already arrived is in time: on a busy machine
 * this thread may have been paused, and Node runs its timers before it reads its sockets.
 */
function inTime<Answer>(answer: Promise<Answer>, waitMsMax: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new SlowAnswer(`no answer within ${waitMsMax} ms`));
    const timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), waitMsMax);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
