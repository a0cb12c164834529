import { connectCache } from "../runtime/cache/index.ts";
import { createLog, createMeter, metered, parseEnvironment, systemClock } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createCacheRefresher } from "./handler.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
const { levelCache } = connectCache(environment, { clock: systemClock, log, meter });

export const handler = metered(meter, createCacheRefresher({ levelCache, clock: systemClock, log, meter }));
