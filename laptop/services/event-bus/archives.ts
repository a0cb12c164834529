import type { ServiceContext } from "../context.ts";
import { createEventArchive, type EventArchive } from "./archive.ts";
import { eventsArn } from "./arn.ts";
import type { BusEvent } from "./event.ts";
import type { ArchiveOptions } from "./event-bus-service.ts";

/** The archives of all buses. */
export class Archives {
  readonly #context: ServiceContext;
  readonly #archives = new Map<string, EventArchive>();

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** An archive that is there already keeps its events. */
  put(options: ArchiveOptions): { readonly arn: string } {
    this.#archives.set(options.name, createEventArchive(this.#context, options, this.#archives.get(options.name)));
    return { arn: this.#arnOf(options.name) };
  }

  delete(name: string): void {
    this.#archives.delete(name);
  }

  byArn(arn: string): EventArchive | undefined {
    return [...this.#archives].find(([name]) => this.#arnOf(name) === arn)?.[1];
  }

  /** Stores the events of a bus in each archive of that bus. */
  async store(busName: string, events: readonly BusEvent[]): Promise<void> {
    const busArn = eventsArn(this.#context, `event-bus/${busName}`);
    const archives = [...this.#archives.values()].filter((archive) => archive.options.busArn === busArn);
    await Promise.all(archives.map((archive) => archive.store(events)));
  }

  #arnOf(name: string): string {
    return eventsArn(this.#context, `archive/${name}`);
  }
}
