import { functionCredentials } from "./environment.ts";
import type { FunctionDescription, FunctionOptions } from "./lambda-service.ts";

interface DescribedCode {
  readonly region: string;
  readonly accountId: string;
  readonly codeSha256: string;
  readonly codeSize: number;
}

export function describeFunction({ name, roleArn }: FunctionOptions, code: DescribedCode): FunctionDescription {
  const { region, accountId, codeSha256, codeSize } = code;
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  return {
    name,
    arn,
    qualifiedArn: `${arn}:$LATEST`,
    invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    version: "$LATEST",
    codeSha256,
    codeSize,
    lastModified: new Date().toISOString(),
    accessKeyId: functionCredentials(roleArn, name).accessKeyId,
    roleArn,
  };
}
