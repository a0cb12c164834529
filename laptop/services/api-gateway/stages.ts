import type { Timers } from "../timers.ts";
import type { MethodSettingsOptions, StageOptions } from "./api-gateway-service.ts";
import type { Route } from "./definition.ts";
import { createThrottle } from "./throttle.ts";

type SettingPlace = Pick<MethodSettingsOptions, "stageName" | "methodPath">;

interface Stage {
  readonly variables: Readonly<Record<string, string>>;
  readonly throttle: ReturnType<typeof createThrottle>;
}

/** The stages of one API, with the settings of their methods. */
export class Stages {
  readonly #timers: Timers;
  readonly #stages = new Map<string, Stage>();
  readonly #settings = new Map<string, MethodSettingsOptions>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  has(stageName: string): boolean {
    return this.#stages.has(stageName);
  }

  variables(stageName: string): Readonly<Record<string, string>> {
    return this.#stages.get(stageName)?.variables ?? {};
  }

  /** Whether the settings of the route's method let one more request through now. */
  admits(stageName: string, route: Route): boolean {
    return this.#stages.get(stageName)?.throttle.admits(route) ?? false;
  }

  put({ stageName, variables = {} }: StageOptions): void {
    this.#stages.set(stageName, { variables, throttle: this.#throttleOf(stageName) });
  }

  delete(stageName: string): void {
    this.#stages.delete(stageName);
  }

  putMethodSettings(setting: MethodSettingsOptions): void {
    this.#settings.set(settingKey(setting), setting);
    this.#applySettings(setting.stageName);
  }

  deleteMethodSettings(place: SettingPlace): void {
    this.#settings.delete(settingKey(place));
    this.#applySettings(place.stageName);
  }

  /** The token buckets are full again, as after a deployment. */
  #applySettings(stageName: string): void {
    const stage = this.#stages.get(stageName);
    if (stage) this.#stages.set(stageName, { ...stage, throttle: this.#throttleOf(stageName) });
  }

  #throttleOf(stageName: string): Stage["throttle"] {
    const throttle = createThrottle(this.#timers);
    for (const setting of this.#settings.values()) if (setting.stageName === stageName) throttle.configure(setting);
    return throttle;
  }
}

function settingKey({ stageName, methodPath }: SettingPlace): string {
  return `${stageName} ${methodPath}`;
}
