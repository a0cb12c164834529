import { connectCache } from "../runtime/cache/index.ts";
import { bind } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createCacheRefresher } from "./handler.ts";

const binding = bind(Environment);
const { levelCache } = connectCache(binding);

export const handler = binding.metered(createCacheRefresher({ ...binding.ports, levelCache }));
