/**
 * The built code of one function: a zip with `index.mjs`, which exports `handler`.
 * `FunctionVariables` is the environment that this code reads; it travels with the bundle, so that whoever runs the code must
 * give all of it.
 */
export interface Bundle<FunctionVariables extends Readonly<Record<string, string>> = Readonly<Record<string, string>>> {
  readonly name: string;
  /** Where the zip lies while Terraform is synthesized. */
  readonly path: string;
  /** SHA-256 of the zip in base64, as Lambda shows it. */
  readonly codeSha256: string;
  /** SHA-256 in hex of the files besides code, by the folder they have in the zip. */
  readonly folderSha256: Readonly<Record<string, string>>;
  /** Never there at run time: it carries the type. */
  readonly variables?: FunctionVariables;
}
