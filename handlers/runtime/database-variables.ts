import { z } from "zod";

/** Where the database is; every function that touches Postgres takes these. */
export const databaseVariables = {
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: z
    .string()
    .regex(/^[0-9]{1,5}$/, "must be a port number")
    .transform(Number),
  DATABASE_NAME: z.string().min(1),
  /** `verify` takes only a certificate of that host by an authority that Node trusts; `off` is for loopback alone. */
  DATABASE_TLS: z.enum(["verify", "off"]),
};

/** The role that a function connects as; its password is an IAM token. */
export const databaseUserVariable = { DATABASE_USER: z.string().min(1) };
