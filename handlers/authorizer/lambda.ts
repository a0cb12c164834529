import { createLog, parseEnvironment } from "../runtime/index.ts";
import { tokenPorts } from "../runtime/tokens/token-ports.ts";
import { createAuthorizer } from "./authorize.ts";
import { Environment } from "./environment.ts";

const environment = parseEnvironment(Environment, process.env);

export const handler = createAuthorizer({ ...tokenPorts(environment), log: createLog(environment) });
