/**
 * The built code of one function: a zip with `index.mjs`, which exports `handler`.
 * `FunctionVariables` is the type of the environment that this code reads. The bundle carries it, so the compiler
 * requires every variable from the construct that runs the code.
 */
export interface Bundle<FunctionVariables extends Readonly<Record<string, string>> = Readonly<Record<string, string>>> {
  readonly name: string;
  /** Path of the zip during the synthesis. */
  readonly path: string;
  /** SHA-256 of the zip in base64, as Lambda reports it. */
  readonly codeSha256: string;
  /** SHA-256 in hex of the files that are not code, by their folder in the zip. */
  readonly folderSha256: Readonly<Record<string, string>>;
  /** Never set: it only carries the type. */
  readonly variables?: FunctionVariables;
}
