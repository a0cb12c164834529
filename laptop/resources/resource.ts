import { z } from "zod";
import { type Instance, TerraformError, type Value, type ValueMap } from "../terraform/index.ts";
import type { Laptop } from "./laptop.ts";

/** Engines that must run before a resource of the type is applied. */
export type EngineName = "dynamodb" | "kinesis" | "queuesAndBuckets" | "redis";

/** The handler of one Terraform type: it makes resources of the type run on the laptop. */
export interface ResourceHandler {
  readonly type: string;
  readonly engines: readonly EngineName[];
  /** True for a global service: its resources may name any region. */
  readonly isGlobal: boolean;
  /** The arguments. `ignored` marks those without effect. */
  readonly schema: z.ZodObject;
  /** Creates or changes the resource. Called at the start, and again when arguments have changed. */
  apply(instance: Instance, laptop: Laptop): Promise<ValueMap>;
  /** Called when the resource has left the Terraform, or when `apply` gave it another id. */
  remove(instance: Instance, attributes: ValueMap, laptop: Laptop): Promise<"removed" | "kept">;
}

/**
 * What happens when a resource leaves the Terraform of a running cloud. A function removes it. "keeps data": it stays.
 * "leaves nothing": there is nothing to remove. Without a removal, the resource runs until the cloud stops.
 */
type Removal<Arguments> =
  | ((args: Arguments, laptop: Laptop, attributes: ValueMap) => void | Promise<void>)
  | "keeps data"
  | "leaves nothing";

/** An instance without its arguments. */
export type Place = Omit<Instance, "arguments">;

export function defineResource<S extends z.ZodRawShape>(definition: {
  readonly type: string;
  readonly engines?: readonly EngineName[];
  readonly isGlobal?: boolean;
  readonly arguments: S;
  /** Creates the resource, or changes the one with the same id. Parts that come from other resources stay. */
  readonly apply: (args: z.infer<z.ZodObject<S>>, laptop: Laptop, place: Place) => ValueMap | Promise<ValueMap>;
  readonly remove?: Removal<z.infer<z.ZodObject<S>>>;
}): ResourceHandler {
  const schema = z.strictObject(definition.arguments);
  const read = (instance: Instance) => {
    const { region: _, tags: __, tags_all: ___, ...given } = instance.arguments;
    const parsed = schema.safeParse(withoutNulls(given));
    if (!parsed.success) throw invalidArguments(instance, parsed.error);
    return parsed.data;
  };
  return {
    type: definition.type,
    engines: definition.engines ?? [],
    isGlobal: definition.isGlobal ?? false,
    schema,
    apply: async (instance, laptop) => definition.apply(read(instance), laptop, instance),
    remove: async (instance, attributes, laptop) => {
      const { remove } = definition;
      if (typeof remove === "function") await remove(read(instance), laptop, attributes);
      if (typeof remove === "function" || remove === "leaves nothing") return "removed";
      const whatStays = remove === "keeps data" ? "its data is kept" : "it runs until the cloud stops";
      laptop.log(`${instance.address} is no longer in the Terraform; ${whatStays}`);
      return "kept";
    },
  };
}

function invalidArguments(instance: Instance, error: z.ZodError): TerraformError {
  const issues = error.issues.flatMap(problemsOf);
  return new TerraformError(
    "argument_invalid",
    `the laptop cloud cannot run ${instance.address} as written: ${issues.join("; ")}`,
    { path: instance.path },
  );
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const where = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return [`${where || "arguments"}: ${issue.message}`];
  return issue.keys.map(
    (key) =>
      `${[...issue.path, key].join(".")}: unknown argument; use it in the handler in laptop/resources, or list it there as ignored, with the reason`,
  );
}

/** For Terraform, null means "not set", also inside blocks. */
function withoutNulls(value: Value): Value {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as ValueMap)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

/** Declares an argument without effect on the laptop. The reason documents it. */
export function ignored(reason: string): z.ZodOptional<z.ZodUnknown> {
  return z.unknown().optional().meta({ ignored: reason });
}

/** Declares an argument that allows only these values. Any other value fails with the reason. */
export function only<const T extends string | number | boolean>(values: readonly T[], reason: string) {
  return z.literal([...values], { error: () => `only ${values.map(String).join(", ")} can run here: ${reason}` });
}

/** Declares an argument that cannot run here. If it is set, the start fails with the reason. */
export function refused(reason: string) {
  return z.never({ error: () => `cannot run here: ${reason}` }).optional();
}

/** Text. Terraform converts numbers and booleans to text. */
export const text = () =>
  z.union([z.string(), z.number(), z.boolean()], { error: "text is required" }).transform((value) => String(value));
export const number = () =>
  z.preprocess((value) => (typeof value === "string" && value !== "" ? Number(value) : value), z.number());
export const boolean = () =>
  z.preprocess((value) => (value === "true" ? true : value === "false" ? false : value), z.boolean());
export const texts = () => z.array(text());
export const textMap = () => z.record(z.string(), text());

/** A block that may appear once: an object, or a list of one object. */
export const block = <S extends z.ZodRawShape>(shape: S) =>
  z.preprocess((value) => (Array.isArray(value) && value.length === 1 ? value[0] : value), z.strictObject(shape));
/** A block that may be absent. An empty list counts as absent. */
export const optionalBlock = <S extends z.ZodRawShape>(shape: S) =>
  z.preprocess((value) => (Array.isArray(value) && value.length === 0 ? undefined : value), block(shape).optional());
/** A block that may be repeated: a list of objects, or one object. */
export const blocks = <S extends z.ZodRawShape>(shape: S) =>
  z.preprocess(
    (value) => (Array.isArray(value) || value === undefined ? value : [value]),
    z.array(z.strictObject(shape)),
  );

/** Reasons for arguments without effect in many types. */
export const notEncrypted = "nothing is encrypted at rest on the laptop";
export const notMonitored = "metrics and traces are not collected on the laptop";
export const notNetworked = "there is one network, the loopback";
export const notDestroyed = "settings for removal have no effect: data stays until `reset`";
export const notTimed = "the laptop does not use the provider's time-outs";
