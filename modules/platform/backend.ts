import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";

/**
 * Where Terraform keeps the state. `local`: a folder, relative to the stack's own folder in the output. `s3`: a bucket
 * that exists already; the lock file is next to the state.
 */
export type Backend =
  | { readonly kind: "local"; readonly folder: string }
  | { readonly kind: "s3"; readonly bucket: string; readonly region: string };

/**
 * Sets the backend of a stack. Other stacks read the stack's outputs from its state. @throws when a folder is absolute
 */
export function keepState(stack: TerraformStack, backend: Backend): void {
  switch (backend.kind) {
    case "local":
      if (backend.folder.startsWith("/")) {
        throw new Error(
          `The backend of ${stack.node.id} is ${backend.folder}: give a relative folder, because the output must not contain a path of one machine.`,
        );
      }
      new LocalBackend(stack, { path: `${backend.folder}/${stack.node.id}.tfstate` });
      return;
    case "s3":
      new S3Backend(stack, {
        bucket: backend.bucket,
        key: `holdfast/${stack.node.id}.tfstate`,
        region: backend.region,
        encrypt: true,
      });
      // CDKTF 0.21 has no property for the lock file of an S3 backend.
      stack.addOverride("terraform.backend.s3.use_lockfile", true);
      return;
    default:
      backend satisfies never;
  }
}
