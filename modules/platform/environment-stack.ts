import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { keepState } from "./backend.ts";
import type { EnvironmentSettings } from "./settings.ts";

/** What the stacks of an environment have in common: state, provider, names. */
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

  /** `holdfast-<environment>-<part>`, of which every physical name is made. */
  named(part: string): string {
    return `holdfast-${this.environment.name}-${part}`;
  }
}
