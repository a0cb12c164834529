import type { ServerResponse } from "node:http";

/** The answer to a denied request, in AWS's words. */
export interface Denial {
  readonly code: "AccessDenied" | "UnrecognizedClientException";
  readonly message: string;
}

export function answerDenial(response: ServerResponse, service: string, denial: Denial): void {
  if (service === "s3") {
    response.writeHead(403, { "content-type": "application/xml" });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>${escapeXml(denial.message)}</Message></Error>`,
    );
    return;
  }
  const code = denial.code === "AccessDenied" ? "AccessDeniedException" : denial.code;
  response.writeHead(400, { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": code });
  response.end(JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message: denial.message }));
}

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
