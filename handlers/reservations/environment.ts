import { z } from "zod";
import {
  cacheVariables,
  eventBusVariable,
  expiryQueueVariable,
  functionVariables,
  storeVariables,
} from "../runtime/variables.ts";

export const Environment = z.object({
  ...functionVariables,
  ...cacheVariables,
  ...storeVariables,
  ...expiryQueueVariable,
  ...eventBusVariable,
});
