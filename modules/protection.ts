/**
 * Whether what keeps state is guarded against loss: deletion protection, point-in-time recovery where the service has
 * it, a last snapshot, and Terraform's own `prevent_destroy`. Going without takes a reason, which reviewers read.
 */
export type Protection = "protected" | { readonly disposableBecause: string };

/** Whether the guards are on. @throws when the opt-out gives no reason */
export function isProtected(protection: Protection): boolean {
  if (protection === "protected") return true;
  if (protection.disposableBecause.trim() === "") {
    throw new Error('An opt-out of protection takes a reason: { disposableBecause: "..." }.');
  }
  return false;
}
