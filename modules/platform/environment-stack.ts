import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { keepState } from "./backend.ts";
import type { EnvironmentSettings } from "./settings.ts";

/** A stack of an environment, with the backend, the provider and the names that all stacks share. */
export class EnvironmentStack extends TerraformStack {
  readonly environment: EnvironmentSettings;

  constructor(scope: Construct, id: string, environment: EnvironmentSettings) {
    super(scope, id);
    this.environment = environment;
    keepState(this, environment.backend);
    new AwsProvider(this, "aws", {
      region: environment.region,
      defaultTags: [{ tags: { application: "holdfast", environment: environment.name, stack: id } }],
    });
  }

  /** Returns `holdfast-<environment>-<part>`, from which every physical name is made. */
  named(part: string): string {
    return `holdfast-${this.environment.name}-${part}`;
  }
}
