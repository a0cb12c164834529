import { connectCache } from "../runtime/cache/index.ts";
import { bind } from "../runtime/index.ts";
import { createCacheRefresher } from "./cache-refresher.ts";
import { Environment } from "./environment.ts";

const binding = bind(Environment);
const { levelCache } = connectCache(binding);

export const handler = binding.metered(createCacheRefresher({ ...binding.ports, levelCache }));
