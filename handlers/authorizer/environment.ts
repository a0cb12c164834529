import { z } from "zod";
import { functionVariables, tokenVariables } from "../runtime/variables.ts";

export const Environment = z.object({ ...functionVariables, ...tokenVariables });
