import { Agent } from "node:http";
import type { ResourcePolicyEvaluator } from "../access/resource-policy.ts";
import type { ServiceContext } from "../context.ts";
import { stableUuid } from "../stable-id.ts";
import type { ServiceState } from "../state.ts";
import type { WafService } from "../waf/waf-service.ts";
import { Distribution } from "./distribution.ts";
import { DistributionServer } from "./distribution-server.ts";
import type { DistributionDescription, DistributionOptions } from "./edge-service.ts";
import { createOrigin, type OriginContext } from "./origins.ts";
import type { PolicyStore } from "./policy-store.ts";

export interface EdgeOptions extends ServiceContext {
  readonly waf: Pick<WafService, "find">;
  readonly state: ServiceState;
  /** Whether the policy of a bucket lets a distribution in. */
  readonly bucketPolicies: ResourcePolicyEvaluator;
  /** Preferred for the first distribution; the others take the port they had before, or a free one. */
  readonly port?: number;
}

type DistributionId = Pick<DistributionDescription, "id" | "arn">;

interface RunningDistribution {
  readonly server: DistributionServer;
  readonly description: DistributionDescription;
  options: DistributionOptions;
}

/** The distributions of one edge. */
export class Distributions {
  readonly #options: EdgeOptions;
  readonly #policies: PolicyStore;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });
  readonly #originContext: OriginContext;
  readonly #running = new Map<string, RunningDistribution>();

  constructor(options: EdgeOptions, policies: PolicyStore) {
    this.#options = options;
    this.#policies = policies;
    const { bucketPolicies, endpoints } = options;
    this.#originContext = { agent: this.#agent, s3Endpoint: endpoints.s3, bucketPolicies };
  }

  /** Starts a distribution, or gives the one of that name the new options. */
  async put(options: DistributionOptions): Promise<DistributionDescription> {
    const id = `E${stableUuid(options.name).replaceAll("-", "").slice(0, 13).toUpperCase()}`;
    const arn = `arn:aws:cloudfront::${this.#options.accountId}:distribution/${id}`;
    const distribution = this.#compose(options, { id, arn });
    const running = this.#running.get(id) ?? (await this.#start(options, distribution, { id, arn }));
    running.server.replace(distribution);
    running.options = options;
    this.#running.set(id, running);
    return running.description;
  }

  async delete(id: string): Promise<void> {
    const running = this.#running.get(id);
    this.#running.delete(id);
    await running?.server.end();
  }

  /** Builds every distribution again, for policies that have changed. */
  recompose(): void {
    for (const { server, options, description } of this.#running.values()) {
      server.replace(this.#compose(options, description));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ server }) => server.end()));
    this.#agent.destroy();
  }

  #compose(options: DistributionOptions, { id, arn }: DistributionId): Distribution {
    const { errorResponses, defaultRootObject, webAclArn } = options;
    const { waf, timers } = this.#options;
    if (webAclArn !== undefined) waf.find(webAclArn, "CLOUDFRONT");
    const origins = options.origins.map((origin) => createOrigin(origin, arn, this.#originContext));
    const lost = options.behaviours.find(({ originId }) => !origins.some((origin) => origin.id === originId));
    if (lost) throw new Error(`the behaviour ${lost.pathPattern} names ${lost.originId}, which is no origin`);
    return new Distribution({
      id,
      origins,
      timers,
      errorResponses,
      behaviours: options.behaviours.map((behaviour) => this.#policies.resolve(behaviour)),
      ...(defaultRootObject !== undefined && { defaultRootObject }),
      ...(webAclArn !== undefined && { firewall: () => waf.find(webAclArn, "CLOUDFRONT") }),
      log: (line) => this.#log(options.name, `${new Date(timers.now()).toISOString()} ${line}`),
    });
  }

  async #start(
    options: DistributionOptions,
    distribution: Distribution,
    { id, arn }: DistributionId,
  ): Promise<RunningDistribution> {
    const { name } = options;
    const server = new DistributionServer(distribution, (error) => {
      this.#log(name, `fault: ${error instanceof Error ? error.stack : String(error)}`);
    });
    const port = await server.listen(this.#preferredPort(name));
    this.#options.state.set("distribution-port", name, String(port));
    return { server, options, description: { id, arn, domainName: `127.0.0.1:${port}` } };
  }

  #preferredPort(name: string): number | undefined {
    const { port, state } = this.#options;
    const remembered = state.get("distribution-port", name);
    if (this.#running.size === 0 && port !== undefined) return port;
    return remembered === undefined ? undefined : Number(remembered);
  }

  #log(name: string, line: string): void {
    this.#options.log({ source: `cloudfront/${name}`, line });
  }
}
