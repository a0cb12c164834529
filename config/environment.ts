import type { EnvironmentSettings, FoundationSettings, ServiceSettings } from "../modules/platform/settings.ts";

/** One deployment of the platform. An environment is data: a file here, listed in `environments.ts`. */
export interface Environment extends EnvironmentSettings {
  readonly foundation: FoundationSettings;
  readonly service: ServiceSettings;
}
