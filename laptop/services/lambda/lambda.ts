import { createServer } from "node:http";
import { closeServer, listen } from "../listen.ts";
import { DeployedFunctions, type DeployedFunctionsOptions } from "./deployed-functions.ts";
import { Invocations } from "./invocations.ts";
import { createInvokeApi } from "./invoke-api.ts";
import type { LambdaService } from "./lambda-service.ts";
import { createPermissions } from "./permissions.ts";

export interface LambdaOptions extends DeployedFunctionsOptions {
  /** Preferred for the Invoke API. */
  readonly port?: number;
}

const drainMs = 10_000;

/** Lambda functions in worker threads, and the Invoke API over HTTP. */
export async function startLambda(options: LambdaOptions): Promise<LambdaService> {
  const functions = new DeployedFunctions(options);
  const invocations = new Invocations({ ...options, functions });
  const permissions = createPermissions();
  const server = createServer(createInvokeApi(invocations));
  const port = await listen(server, options.port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    createFunction: (given) => functions.put(given),
    deleteFunction: (nameOrArn) => functions.delete(nameOrArn),
    describeFunction: (nameOrArn) => functions.find(nameOrArn)?.description,
    addPermission: permissions.add,
    removePermission: permissions.remove,
    permits: permissions.permits,
    putInvokeConfig: (config) => invocations.asynchronous.configure(config),
    deleteInvokeConfig: (nameOrArn) => invocations.asynchronous.removeConfig(nameOrArn),
    invoke: (invocation) => invocations.invoke(invocation),
    stop: async () => {
      await Promise.all([closeServer(server, drainMs), invocations.asynchronous.stop()]);
      await functions.stop();
    },
  };
}
