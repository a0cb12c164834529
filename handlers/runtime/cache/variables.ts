import { z } from "zod";

/** Where the cache is; every function that reads levels or limits clients takes these. */
export const cacheVariables = {
  CACHE_HOST: z.string().min(1),
  CACHE_PORT: z
    .string()
    .regex(/^[0-9]{1,5}$/, "must be a port number")
    .transform(Number),
  /** `off` is for loopback alone. */
  CACHE_TLS: z.enum(["on", "off"]),
};

export interface CacheAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export const cacheAddress = (environment: {
  readonly CACHE_HOST: string;
  readonly CACHE_PORT: number;
  readonly CACHE_TLS: "on" | "off";
}): CacheAddress => ({
  host: environment.CACHE_HOST,
  port: environment.CACHE_PORT,
  tls: environment.CACHE_TLS === "on",
});
