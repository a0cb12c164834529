import type { Timers } from "../timers.ts";
import type { AuthorizerAnswer } from "./authorizer-function.ts";

interface CachedAnswer {
  readonly answer: AuthorizerAnswer;
  readonly expiresAtMs: number;
}

/** When this many answers are cached, each new one removes the oldest. */
const answerCountMax = 10_000;

/** Answers of authorizers, until their time has passed. */
export class AuthorizerCache {
  readonly #timers: Timers;
  readonly #answers = new Map<string, CachedAnswer>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get(key: string): AuthorizerAnswer | undefined {
    const cached = this.#answers.get(key);
    if (cached && cached.expiresAtMs > this.#timers.now()) return cached.answer;
    this.#answers.delete(key);
    return undefined;
  }

  set(key: string, answer: AuthorizerAnswer, ttlSeconds: number): void {
    if (ttlSeconds <= 0) return;
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= answerCountMax && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(key, { answer, expiresAtMs: this.#timers.now() + ttlSeconds * 1000 });
  }
}
