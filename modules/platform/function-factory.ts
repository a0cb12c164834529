import { type ITerraformDependable, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { LambdaFunction, type LambdaFunctionProps, type Placement, type Reach } from "../compute/lambda-function.ts";
import type { EnvironmentStack } from "./environment-stack.ts";
import type { DatabaseUser, Foundation } from "./foundation.ts";
import { type Bundles, type EnvironmentOf, type FunctionName, functionNames } from "./functions.ts";
import type { IdentitySettings, ServiceEnvironment } from "./settings.ts";

/** Makes Node trust the RDS certificate authorities, which Lambda provides in this file. */
export const databaseAuthorities = { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" } as const;

/** A function of the list, with the types of its variables and of its placement. */
export type PlatformFunction<Name extends FunctionName, FunctionReach extends Reach> = LambdaFunction<
  EnvironmentOf<Name>,
  FunctionReach
>;

/** Properties that a part of the platform gives for a function. The factory adds the others. */
export type FunctionProps<Name extends FunctionName, FunctionReach extends Reach> = Pick<
  LambdaFunctionProps<EnvironmentOf<Name>, FunctionReach>,
  "description" | "timeoutSeconds" | "memoryMb" | "node"
> & {
  /** `private` functions run in the foundation's network. */
  readonly reach: FunctionReach;
  /** Every variable that the code declares, except those that all functions have and those of `database`. */
  readonly environment: Omit<Required<EnvironmentOf<Name>>, CommonVariable | DatabaseVariableOf<Name>>;
} & DatabaseProps<Name>;

/** The user of a function that logs in to the database. Such a function trusts RDS and runs after the migration. */
type DatabaseProps<Name extends FunctionName> =
  LogsIn<Name> extends true ? { readonly database: DatabaseUser } : { readonly database?: never };
type LogsIn<Name extends FunctionName> = EnvironmentOf<Name> extends { readonly DATABASE_USER: string } ? true : false;
type CommonVariable = keyof ReturnType<typeof commonVariables>;
type DatabaseVariableOf<Name extends FunctionName> =
  LogsIn<Name> extends true ? keyof ReturnType<typeof databaseVariables> : never;

export interface FunctionFactoryProps {
  readonly environment: ServiceEnvironment;
  readonly foundation: Foundation;
  readonly bundles: Bundles;
}

/** Makes the platform's functions in the service's stack, with the settings that they share. Each part receives it. */
export class FunctionFactory {
  readonly stack: EnvironmentStack;
  readonly environment: ServiceEnvironment;
  readonly foundation: Foundation;
  readonly bundles: Bundles;
  /** Variables of functions that check tokens: which issuer and audience they accept. */
  readonly tokens: TokenVariables;
  readonly #made = new Map<FunctionName, LambdaFunction>();
  #migration: ITerraformDependable | undefined;

  constructor(stack: EnvironmentStack, props: FunctionFactoryProps) {
    this.stack = stack;
    this.environment = props.environment;
    this.foundation = props.foundation;
    this.bundles = props.bundles;
    this.tokens = tokenVariables(stack, props.environment.service.identity);
  }

  /** Variables of functions that use the cache. */
  get cache() {
    const { host, port } = this.foundation.cache;
    return { CACHE_HOST: host, CACHE_PORT: port, CACHE_TLS: this.environment.foundation.cache.tls };
  }

  /** Makes a function of the list. @throws when it logs in to the database and `migratedBy` was not called before */
  make<Name extends FunctionName, FunctionReach extends Reach>(
    name: Name,
    props: FunctionProps<Name, FunctionReach>,
  ): PlatformFunction<Name, FunctionReach> {
    const { reach, database, environment, ...rest } = props;
    const given = {
      ...commonVariables(name, this.environment),
      ...(database && databaseVariables(this.foundation, this.environment, database)),
      ...environment,
    };
    const fn = new LambdaFunction<EnvironmentOf<Name>, FunctionReach>(this.stack, name, {
      ...rest,
      ...(database && { node: databaseAuthorities, after: [this.#migrationBefore(name)] }),
      name: this.stack.named(name),
      bundle: this.bundles[name],
      logDays: this.environment.service.log.days,
      // The types of the props omit exactly what is added here. TypeScript cannot prove that for every name.
      environment: given as unknown as Required<EnvironmentOf<Name>>,
      placement: this.#placement(reach),
    });
    this.#made.set(name, fn);
    return fn;
  }

  /** Makes later functions that log in to the database run only after this migration. */
  migratedBy(migration: ITerraformDependable): void {
    this.#migration = migration;
  }

  /** Returns all functions, in the order of the list. @throws when one of them has not been made */
  all(): readonly LambdaFunction[] {
    const missing = functionNames.filter((name) => !this.#made.has(name));
    if (missing.length > 0) {
      throw new Error(
        `${this.stack.node.path}: no part makes ${missing.join(", ")}. Make it in a file of modules/platform/, or take its line off functions.ts.`,
      );
    }
    return functionNames.flatMap((name) => this.#made.get(name) ?? []);
  }

  #migrationBefore(name: FunctionName): ITerraformDependable {
    if (this.#migration) return this.#migration;
    throw new Error(
      `${this.stack.node.path}: ${name} logs in to the database. Call migrateDatabase before it is made.`,
    );
  }

  #placement<FunctionReach extends Reach>(reach: FunctionReach) {
    const placement: Placement =
      reach === "private" ? { reach, network: this.foundation.network } : { reach: "public" };
    // The compiler does not narrow `Extract` by this comparison.
    return placement as Extract<Placement, { readonly reach: FunctionReach }>;
  }
}

function commonVariables(name: FunctionName, { name: environment, service }: ServiceEnvironment) {
  return { ENVIRONMENT: environment, LOG_LEVEL: service.log.level, POWERTOOLS_SERVICE_NAME: name };
}

function databaseVariables({ database }: Foundation, environment: ServiceEnvironment, user: DatabaseUser) {
  return {
    DATABASE_HOST: database.proxy.endpoint,
    DATABASE_PORT: database.port,
    DATABASE_NAME: database.databaseName,
    DATABASE_USER: user,
    DATABASE_TLS: environment.foundation.database.tls,
  };
}

type TokenVariables = ReturnType<typeof tokenVariables>;
function tokenVariables(scope: Construct, { issuer, audience, scopePrefix }: IdentitySettings) {
  const address = typeof issuer === "string" ? issuer : issuerVariable(scope, issuer.variable);
  return {
    JWT_ISSUER: address,
    JWT_JWKS_URL: `${address}/.well-known/jwks.json`,
    JWT_AUDIENCE: audience,
    JWT_SCOPE_PREFIX: scopePrefix,
  };
}

function issuerVariable(scope: Construct, name: string): string {
  const description = "Issuer of tokens: the address below which /.well-known/jwks.json is";
  return new TerraformVariable(scope, name, { type: "string", description }).stringValue;
}
