/**
 * Whether a resource with state is protected against loss: deletion protection, point-in-time recovery where the
 * service has it, a final snapshot, and Terraform's `prevent_destroy`. The opt-out needs a reason, which reviewers
 * read.
 */
export type Protection = "protected" | { readonly disposableBecause: string };

/** Returns whether the protection is on. @throws when the opt-out gives no reason */
export function isProtected(protection: Protection): boolean {
  if (protection === "protected") return true;
  if (protection.disposableBecause.trim() === "") {
    throw new Error('An opt-out of protection takes a reason: { disposableBecause: "..." }.');
  }
  return false;
}
