import { z } from "zod";
import { databaseUserVariable, databaseVariables } from "../runtime/database-variables.ts";
import { functionEnvironment } from "../runtime/environment.ts";

export const Environment = z.object({ ...functionEnvironment, ...databaseVariables, ...databaseUserVariable });
