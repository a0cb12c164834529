import { connectCache } from "../../runtime/cache/index.ts";
import { createLog, createMeter, parseEnvironment, systemClock } from "../../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createCacheRefresher } from "./handler.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
// Nobody waits for it, so that a slow moment of Redis need not fail a batch.
const { copies } = connectCache(environment, { clock: systemClock, log, meter, commandMs: 1_000 });

export const handler = createCacheRefresher({ copies, log, meter });
