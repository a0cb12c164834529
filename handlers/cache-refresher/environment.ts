import { z } from "zod";
import { cacheVariables } from "../runtime/cache/variables.ts";
import { functionEnvironment } from "../runtime/environment.ts";

export const Environment = z.object({ ...functionEnvironment, ...cacheVariables });
