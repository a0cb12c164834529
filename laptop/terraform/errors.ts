/** Stable codes. Callers and tests branch on them, never on a message. */
export type TerraformErrorCode =
  | "output_unreadable"
  | "expression_invalid"
  | "function_unknown"
  | "reference_unknown"
  | "reference_cycle"
  | "variable_missing"
  | "variable_unknown"
  | "type_unknown"
  | "construct_unsupported"
  | "argument_invalid"
  | "apply_failed";

/** Says what the laptop cloud cannot run, and which construct it belongs to. */
export class TerraformError extends Error {
  readonly code: TerraformErrorCode;
  /** Construct path (stack/construct/id), or the Terraform address where the output has no path. */
  readonly path: string | undefined;

  constructor(code: TerraformErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(options.path === undefined ? message : `${options.path}: ${message}`, { cause: options.cause });
    this.name = "TerraformError";
    this.code = code;
    this.path = options.path;
  }

  /** The same error with `path`, unless it already has a path. */
  at(path: string): TerraformError {
    return this.path === undefined ? new TerraformError(this.code, this.message, { path, cause: this.cause }) : this;
  }
}

/** Runs `work` and adds the construct's path to a TerraformError that has none. */
export function withConstructPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TerraformError ? error.at(path) : error;
  }
}
