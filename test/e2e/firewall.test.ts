import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { firewallOf as interpret, type Verdict, type WebRequest } from "laptop-cloud/testing/firewall";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { environments } from "../../config/environments.ts";
import { limits } from "../../contract/limits.ts";
import { Problem } from "../../contract/problem.ts";
import type { Route } from "../../contract/route.ts";
import { routes } from "../../contract/routes.ts";
import { type LargestRequest, largestRequest } from "../support/largest-request.ts";

const synthesisMsMax = 240_000;
const all = Object.entries<Route>(routes);
const withBody = all.filter(([, { body }]) => body !== undefined);
/** Endings of identifiers that look like an attack: a file that web servers must not publish, and a parent folder. */
const endings = [".log", ".."];

const Rule = z.looseObject({
  name: z.string(),
  statement: z.looseObject({
    managed_rule_group_statement: z
      .looseObject({ rule_action_override: z.array(z.looseObject({ name: z.string() })).default([]) })
      .optional(),
  }),
});
const Stack = z.looseObject({
  resource: z.looseObject({
    aws_wafv2_web_acl: z.record(
      z.string(),
      z.looseObject({ scope: z.string(), region: z.string().optional(), rule: z.array(Rule) }),
    ),
  }),
});

let output: string;
beforeAll(async () => {
  output = mkdtempSync(join(tmpdir(), "waf-"));
  await promisify(execFile)(process.execPath, [resolve(import.meta.dirname, "../../tools/synth.mjs")], {
    env: { ...process.env, CDKTF_OUTDIR: output },
  });
}, synthesisMsMax);
afterAll(() => rmSync(output, { recursive: true, force: true }));

/** Returns the distribution's web ACL from the Terraform of an environment. */
function terraformOf(environment: string) {
  const file = join(output, "stacks", `${environment}-service`, "cdk.tf.json");
  const acls = Object.values(Stack.parse(JSON.parse(readFileSync(file, "utf8"))).resource.aws_wafv2_web_acl);
  const [acl, ...more] = acls.filter(({ scope }) => scope === "CLOUDFRONT");
  if (!acl || more.length > 0) throw new Error(`${environment} must have one web ACL of scope CLOUDFRONT`);
  return acl;
}

/** Interprets the web ACL as the laptop does. A minute passes between two requests, so that no rate limit applies. */
async function firewallOf(environment: string): Promise<(request: WebRequest) => Verdict> {
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  const { "//": _, ...values } = terraformOf(environment);
  const firewall = await interpret(z.record(z.string(), z.json()).parse(values), () => nowMs);
  return (request) => {
    nowMs += 60_000;
    return firewall.evaluate(request);
  };
}

function webRequest(
  { method, path, query, headers, body }: LargestRequest,
  more: Partial<WebRequest> = {},
): WebRequest {
  return { method, uriPath: path, queryString: query, headers, body, clientIp: "192.0.2.1", ...more };
}

const longer = (body: Buffer) => Buffer.concat([body, Buffer.from(" ")]);

describe.each(environments.map(({ name }) => name))("the firewall of %s", (environment) => {
  let evaluate: (request: WebRequest) => Verdict;
  beforeAll(async () => {
    evaluate = await firewallOf(environment);
  });

  it.each(all)("lets the largest legal request of %s pass", (_, route) => {
    for (const ending of endings) {
      const verdict = evaluate(webRequest(largestRequest(route, ending)));
      expect(verdict, `${route.method} ${route.path}: ${verdict.groupRule}`).toMatchObject({
        action: "allow",
        rule: "Default_Action",
      });
    }
  });

  it.each(withBody)("refuses a body of %s that is one byte too long with 413", (_, route) => {
    const largest = largestRequest(route, "");
    expect(largest.body.length).toBe(limits.bodyBytesMax);
    const verdict = evaluate(webRequest(largest, { body: longer(largest.body) }));
    expect(verdict).toMatchObject({ action: "block", response: { status: 413 } });
    const { body } = ("response" in verdict && verdict.response) || { body: "" };
    expect(Problem.parse(JSON.parse(body)).code).toBe("payload_too_large");
  });

  it("accepts a longer body on no path", () => {
    const { headers } = largestRequest(routes.makeMovements, "");
    const body = Buffer.from("".padEnd(limits.bodyBytesMax + 1, "receive,A,B,1,../<script>\n"));
    const request = { method: "POST", query: "", headers, body };
    for (const path of ["/v1/imports", "/v1/imports/1"]) {
      expect(evaluate(webRequest({ ...request, path }))).toMatchObject({ action: "block", rule: "body" });
    }
  });

  it("overrides only the AWS rules that a legal request matches", () => {
    const counted = all.flatMap(([, route]) =>
      endings.flatMap((ending) => evaluate(webRequest(largestRequest(route, ending))).counted),
    );
    const overridden = terraformOf(environment).rule.flatMap(({ name, statement }) =>
      (statement.managed_rule_group_statement?.rule_action_override ?? []).map((rule) => `${name}/${rule.name}`),
    );
    expect([...new Set(counted)].toSorted()).toEqual(overridden.toSorted());
  });
});
