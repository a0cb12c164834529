import { createHash } from "node:crypto";
import { readBytes } from "./file-functions.ts";
import { type FunctionTable, type TerraformFunction, textArgument } from "./function-arguments.ts";

type Algorithm = "md5" | "sha1" | "sha256" | "sha512";
const hash =
  (algorithm: Algorithm, encoding: "hex" | "base64"): TerraformFunction =>
  (args) =>
    createHash(algorithm).update(textArgument(args, 0)).digest(encoding);
const fileHash =
  (algorithm: Algorithm, encoding: "hex" | "base64"): TerraformFunction =>
  (args, context) =>
    createHash(algorithm).update(readBytes(args, context)).digest(encoding);

export const hashFunctions = {
  base64sha256: hash("sha256", "base64"),
  base64sha512: hash("sha512", "base64"),
  filebase64sha256: fileHash("sha256", "base64"),
  filebase64sha512: fileHash("sha512", "base64"),
  filemd5: fileHash("md5", "hex"),
  filesha1: fileHash("sha1", "hex"),
  filesha256: fileHash("sha256", "hex"),
  filesha512: fileHash("sha512", "hex"),
  md5: hash("md5", "hex"),
  sha1: hash("sha1", "hex"),
  sha256: hash("sha256", "hex"),
  sha512: hash("sha512", "hex"),
} satisfies FunctionTable;
