import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { AccountPlace, AwsCall, AwsRequest, ReadCalls } from "./aws-call.ts";
import { answerDenial, type Denial } from "./denial.ts";
import { jsonCalls } from "./json-calls.ts";
import { missingIntent } from "./missing-intent.ts";
import { assumedRoleArn, type Identity, type PolicyEvaluator } from "./policy-evaluator.ts";
import { readS3 } from "./s3-calls.ts";
import { readSes } from "./ses-calls.ts";

const readers = { ...jsonCalls, s3: readS3, ses: readSes } as const satisfies Record<string, ReadCalls>;

/** Services whose requests can be checked. */
export type CheckedService = keyof typeof readers;

export interface AccessProxyOptions extends AccountPlace {
  readonly service: CheckedService;
  /** Address of the engine behind the proxy, such as `http://127.0.0.1:8789`. */
  readonly upstream: string;
  readonly evaluator: PolicyEvaluator;
  /** The caller that has an access key id; undefined when nobody has it. */
  readonly identify: (accessKeyId: string) => Identity | undefined;
  /** Called for each allowed call, with the statement that allowed it. */
  readonly onUse?: (use: { readonly identity: Identity; readonly call: AwsCall; readonly statement: string }) => void;
  readonly log: (line: string) => void;
}

export interface AccessProxy {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A proxy for one engine. It forwards the calls that the policies of the caller's role allow, and denies the others as AWS does. */
export async function startAccessProxy(options: AccessProxyOptions): Promise<AccessProxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    handle(options, agent, incoming, response).catch((error: unknown) => {
      options.log(`${options.service}: ${String(error)}`);
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => close(server, agent) };
}

async function close(server: Server, agent: Agent): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
  agent.destroy();
}

async function handle(options: AccessProxyOptions, agent: Agent, incoming: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const request: AwsRequest = {
    method: incoming.method ?? "GET",
    url: incoming.url ?? "/",
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
  const denial = await check(options, request);
  if (denial) {
    options.log(`${options.service}: ${denial.message}`);
    answerDenial(response, options.service, denial);
    return;
  }
  await forward(options.upstream, agent, request, response);
}

/** SigV4: `Credential=<access key id>/<date>/<region>/<service>/aws4_request` in the header, or in a presigned query. */
export function accessKeyIdOf(request: AwsRequest): string | undefined {
  const header = request.headers.authorization;
  const signed = typeof header === "string" ? /Credential=([^/,\s]+)\//.exec(header)?.[1] : undefined;
  return signed ?? new URL(request.url, "http://aws").searchParams.get("X-Amz-Credential")?.split("/")[0];
}

async function check(options: AccessProxyOptions, request: AwsRequest): Promise<Denial | undefined> {
  const identity = options.identify(accessKeyIdOf(request) ?? "");
  if (!identity) {
    return { code: "UnrecognizedClientException", message: "The security token included in the request is invalid." };
  }
  const calls = readers[options.service](request, options);
  if (!calls) {
    const what = `${request.method} ${request.url} ${String(request.headers["x-amz-target"] ?? "")}`.trim();
    return { code: "AccessDenied", message: `the laptop cannot tell which IAM action ${what} needs, so it refuses it` };
  }
  for (const call of calls) {
    const decision = await options.evaluator.decide(identity, call);
    if (!decision.allowed) {
      options.log(`${options.service}: ${missingIntent(identity, call)}`);
      return { code: "AccessDenied", message: deniedMessage(options, identity, call, decision) };
    }
    options.onUse?.({ identity, call, statement: decision.statement ?? "" });
  }
  return undefined;
}

function deniedMessage(
  { accountId }: AccountPlace,
  identity: Identity,
  { action, resource }: AwsCall,
  decision: { explicitlyDenied: boolean; statement?: string },
): string {
  const reason = decision.explicitlyDenied
    ? `with an explicit deny in an identity-based policy (${decision.statement})`
    : `because no identity-based policy allows the ${action} action`;
  return `User: ${assumedRoleArn(identity, accountId)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

function forward(upstream: string, agent: Agent, request: AwsRequest, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const target = new URL(upstream);
    const outgoing = httpRequest(
      {
        agent,
        host: target.hostname,
        port: target.port,
        method: request.method,
        path: request.url,
        // The engines build addresses (of queues, for instance) from the Host header, so it must name the engine.
        headers: { ...request.headers, host: target.host },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response).once("finish", resolve).once("close", resolve);
      },
    );
    outgoing.once("error", reject);
    outgoing.end(request.body);
  });
}
