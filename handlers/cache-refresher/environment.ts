import { z } from "zod";
import { cacheVariables, functionVariables } from "../runtime/variables.ts";

export const Environment = z.object({ ...functionVariables, ...cacheVariables });
