import { type Behaviour, type CompiledBehaviour, compileBehaviour } from "./behaviour.ts";
import type { HttpTarget, OriginRequest, OriginResponse } from "./origin.ts";
import { overridden } from "./raw-headers.ts";
import type { Viewer } from "./viewer.ts";

/** A server or bucket that answers come from. */
export interface Origin {
  readonly id: string;
  readonly host: string;
  readonly path: string;
  readonly customHeaders: readonly (readonly [name: string, value: string])[];
  readonly ask: (request: OriginRequest) => Promise<OriginResponse>;
  /** Where a WebSocket's handshake goes. A bucket accepts none. */
  readonly target?: HttpTarget;
}

export interface DistributionRoutesOptions {
  /** The distribution's domain name, as it appears in headers. */
  readonly name: string;
  readonly origins: readonly Origin[];
  readonly behaviours: readonly Behaviour[];
}

/** Finds the behaviour of a path, and makes the request for its origin. */
export class DistributionRoutes {
  readonly #name: string;
  readonly #behaviours: readonly CompiledBehaviour[];
  readonly #origins: ReadonlyMap<string, Origin>;

  constructor({ name, origins, behaviours }: DistributionRoutesOptions) {
    this.#name = name;
    this.#behaviours = behaviours.map(compileBehaviour);
    this.#origins = new Map(origins.map((origin) => [origin.id, origin]));
  }

  behaviourOf(path: string): CompiledBehaviour {
    const found = this.#behaviours.find((behaviour) => behaviour.matches(path)) ?? this.#behaviours.at(-1);
    if (!found) throw new Error(`the distribution ${this.#name} has no behaviour`);
    return found;
  }

  originRequest(viewer: Viewer, behaviour: CompiledBehaviour, requestId: string) {
    const origin = this.#originOf(behaviour);
    const forwarded = behaviour.forwarding.originRequest(viewer, {
      host: origin.host,
      name: this.#name,
      id: requestId,
    });
    return {
      origin,
      path: `${origin.path}${forwarded.path}`,
      headers: overridden(forwarded.headers, origin.customHeaders),
    };
  }

  #originOf({ originId }: CompiledBehaviour): Origin {
    const found = this.#origins.get(originId);
    if (!found) throw new Error(`the distribution ${this.#name} has no origin ${originId}`);
    return found;
  }
}
