import type { EnvironmentSettings, FoundationSettings, ServiceSettings } from "../modules/platform/settings.ts";

/** The settings of one deployment of the platform, in a file of this folder that `environments.ts` lists. */
export interface Environment extends EnvironmentSettings {
  readonly foundation: FoundationSettings;
  readonly service: ServiceSettings;
}
