import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";

/** `local`: a folder, from the stack's own folder in the output. `s3`: a bucket made beforehand, with locks beside the state. */
export type Backend =
  | { readonly kind: "local"; readonly folder: string }
  | { readonly kind: "s3"; readonly bucket: string; readonly region: string };

/** Names where the stack's state is; other stacks then read its outputs from there. */
export function keepState(stack: TerraformStack, backend: Backend): void {
  switch (backend.kind) {
    case "local":
      if (backend.folder.startsWith("/")) {
        throw new Error(
          `The backend of ${stack.node.id} is ${backend.folder}: give a relative folder, for the output must hold no machine's path.`,
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
      // CDKTF 0.21 does not know the lock file of S3 backends.
      stack.addOverride("terraform.backend.s3.use_lockfile", true);
      return;
    default:
      backend satisfies never;
  }
}
