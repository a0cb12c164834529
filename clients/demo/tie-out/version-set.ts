/** A set of a level's versions, with one bit per version, so that a million changes take 125 kB. */
export class VersionSet {
  #bits = new Uint8Array(8);
  count = 0;
  newest = 0;

  /** Adds a version. Returns false when the set already has it. */
  add(version: number): boolean {
    const byte = version >> 3;
    const mask = 1 << (version & 7);
    if (byte >= this.#bits.length) {
      const grown = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    const before = this.#bits[byte] ?? 0;
    if ((before & mask) !== 0) return false;
    this.#bits[byte] = before | mask;
    this.count += 1;
    this.newest = Math.max(this.newest, version);
    return true;
  }

  has(version: number): boolean {
    return ((this.#bits[version >> 3] ?? 0) & (1 << (version & 7))) !== 0;
  }

  /** Returns the first versions of 1..`upTo` that the set lacks, at most `limit`. */
  missing(upTo: number, limit: number): number[] {
    const result: number[] = [];
    for (let version = 1; version <= upTo && result.length < limit; version += 1) {
      if (!this.has(version)) result.push(version);
    }
    return result;
  }
}
