import { z } from "zod";
import { databaseUserVariable, databaseVariables, functionVariables } from "../runtime/variables.ts";

export const Environment = z.object({ ...functionVariables, ...databaseVariables, ...databaseUserVariable });
