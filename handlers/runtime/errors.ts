import type { Refusal } from "../../contract/problem.ts";

/** A refusal thrown where returning one would have to pass through code that cannot know it. The edge renders it. */
export class HoldfastError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(`${refusal.code}: ${refusal.detail}`, options);
    this.name = "HoldfastError";
    this.refusal = refusal;
  }
}
