import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploy, eventually, temporaryFolder } from "../services.fixture.ts";
import { startFunction } from "./lambda.fixture.ts";

describe("a function that is created again", () => {
  it("runs its new code", async () => {
    const { lambda, invoke } = await startFunction("export const handler = async () => 'old';");
    expect((await invoke()).value).toBe("old");
    await deploy(lambda, "export const handler = async () => 'new';");
    expect((await invoke()).value).toBe("new");
  });

  it("finishes running invocations on the old code, and starts the next ones on the new code", async () => {
    const folder = temporaryFolder();
    const [began, gate] = [join(folder, "began"), join(folder, "gate")];
    const { lambda, invoke } = await startFunction(`import { existsSync, writeFileSync } from "node:fs";
      export const handler = async () => {
        writeFileSync(${JSON.stringify(began)}, "");
        while (!existsSync(${JSON.stringify(gate)})) await new Promise((next) => setTimeout(next, 5));
        return "old";
      };`);
    const running = invoke();
    await eventually(() => expect(existsSync(began)).toBe(true));
    const { codeSha256 } = await deploy(lambda, "export const handler = async () => 'new';");
    expect((await invoke()).value).toBe("new");
    writeFileSync(gate, "");
    expect((await running).value).toBe("old");
    expect(lambda.describeFunction("subject")?.codeSha256).toBe(codeSha256);
  });

  it("keeps the old code when the new code does not load, and says why", async () => {
    const { lambda, invoke } = await startFunction("export const handler = async () => 'old';");
    await expect(deploy(lambda, "throw new RangeError('no such thing');")).rejects.toThrow(
      "the new code of subject does not load, so the old one goes on: RangeError: no such thing",
    );
    expect((await invoke()).value).toBe("old");
    await deploy(lambda, "export const handler = async () => 'mended';");
    expect((await invoke()).value).toBe("mended");
  });

  it("keeps its instances when nothing has changed, and starts new ones when a variable has", async () => {
    const counter = "let n = 0; export const handler = async () => [++n, process.env.WHO];";
    const { lambda, invoke } = await startFunction(counter, { environment: { WHO: "one" } });
    await invoke();
    await deploy(lambda, counter, { environment: { WHO: "one" } });
    expect((await invoke()).value).toEqual([2, "one"]);
    await deploy(lambda, counter, { environment: { WHO: "two" } });
    expect((await invoke()).value).toEqual([1, "two"]);
  });
});

describe("a function that is deleted", () => {
  it("accepts no more invocations, and finishes the running ones", async () => {
    const { lambda, invoke } = await startFunction(
      "export const handler = async () => { await new Promise((done) => setTimeout(done, 50)); return 'done'; };",
    );
    const running = invoke();
    lambda.deleteFunction("subject");
    await expect(invoke()).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    expect((await running).value).toBe("done");
  });
});
