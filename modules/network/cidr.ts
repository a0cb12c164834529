const addressBits = 32;

/** Returns block number `index` of this prefix length in `range`: 10.0.16.0/20 for ("10.0.0.0/16", 20, 1). */
export function subnetOf(range: string, prefixLength: number, index: number): string {
  const [address = "", length = ""] = range.split("/");
  const octets = address.split(".").map(Number);
  const rangeLength = length === "" ? Number.NaN : Number(length);
  const valid = octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255);
  if (!valid || !Number.isInteger(rangeLength) || rangeLength > prefixLength) {
    throw new Error(`"${range}" is no IPv4 range that holds blocks of /${prefixLength}; write it as 10.0.0.0/16.`);
  }
  if (index >= 2 ** (prefixLength - rangeLength)) {
    throw new Error(
      `${range} holds ${2 ** (prefixLength - rangeLength)} blocks of /${prefixLength}; number ${index} is past the end.`,
    );
  }
  const base = octets.reduce((sum, octet) => sum * 256 + octet, 0) + index * 2 ** (addressBits - prefixLength);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".")}/${prefixLength}`;
}
