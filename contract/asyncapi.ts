import { z } from "zod";
import { eventSchemas, events, eventTypes } from "./event.ts";

const schemasAt = "#/components/schemas/";

/** Makes the published description of the events (AsyncAPI 3.0) from the table of events alone. */
export function createAsyncApi(): Readonly<Record<string, unknown>> {
  const reference = (path: string) => ({ $ref: `#/${path}` });
  const messages = eventTypes.map((name) => {
    const { summary } = events[name];
    const payload = reference(`components/schemas/${name}`);
    return [name, { name, title: name, summary, contentType: "application/json", payload }] as const;
  });
  const onChannel = eventTypes.map((name) => [name, reference(`components/messages/${name}`)] as const);
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Holdfast events",
      version: "1",
      description:
        "Changes of stock, reservations and the catalogue on an Amazon EventBridge bus, at least once and in no order: compare `version`, drop an `id` that you know.",
      license: { name: "Apache-2.0" },
    },
    defaultContentType: "application/json",
    channels: {
      bus: {
        address: "holdfast.inventory",
        description: "Rules match on `source` and `detail-type`; webhooks post the same details over HTTPS.",
        messages: Object.fromEntries(onChannel),
      },
    },
    operations: {
      announce: {
        action: "send",
        channel: reference("channels/bus"),
        summary: "Every change of a level, reservation, item or location",
        messages: eventTypes.map((name) => reference(`channels/bus/messages/${name}`)),
      },
    },
    components: { messages: Object.fromEntries(messages), schemas: schemas() },
  };
}

/** The schemas of the events and the named ones inside them. */
function schemas(): Record<string, unknown> {
  const union = z.toJSONSchema(z.union(eventTypes.map((name) => eventSchemas[name])), { target: "draft-7" });
  const named = union.definitions ?? {};
  return JSON.parse(JSON.stringify(named).replaceAll('"#/definitions/', `"${schemasAt}`));
}
