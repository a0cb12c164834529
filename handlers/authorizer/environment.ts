import { z } from "zod";
import { functionEnvironment } from "../runtime/environment.ts";
import { tokenVariables } from "../runtime/token-variables.ts";

export const Environment = z.object({ ...functionEnvironment, ...tokenVariables });
