/** The levels that commands in progress use. A replay in which no commands meet proves nothing about concurrency. */
export class Meetings {
  readonly #underWay = new Map<string, number>();

  /** Returns whether a command that begins now meets another on one of its levels. */
  meets(levels: readonly string[]): boolean {
    return levels.some((level) => this.#underWay.has(level));
  }

  async during<Result>(levels: readonly string[], command: () => Promise<Result>): Promise<Result> {
    for (const level of levels) this.#underWay.set(level, (this.#underWay.get(level) ?? 0) + 1);
    try {
      return await command();
    } finally {
      for (const level of levels) {
        const left = (this.#underWay.get(level) ?? 1) - 1;
        if (left === 0) this.#underWay.delete(level);
        else this.#underWay.set(level, left);
      }
    }
  }
}
