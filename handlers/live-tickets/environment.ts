import { z } from "zod";
import { cacheVariables, connectionsVariable, functionVariables } from "../runtime/variables.ts";

export const Environment = z.object({ ...functionVariables, ...cacheVariables, ...connectionsVariable });
