import { parseEnvironment } from "../runtime/environment.ts";
import { Environment } from "./environment.ts";

const environment = parseEnvironment(Environment, process.env);

export const handler = async (): Promise<never> => {
  throw new Error(`${environment.POWERTOOLS_SERVICE_NAME} is not bound yet.`);
};
