import { refuseUnknownTypes } from "../resources/index.ts";
import { blocksOf, readOutput, regionOf, type StackOutput } from "../terraform/index.ts";

/** A cdktf.out folder that can run. */
export interface Synthesis {
  readonly stacks: readonly StackOutput[];
  /** Types of all resources and data sources. */
  readonly types: readonly string[];
  readonly region: string;
}

/** Reads a cdktf.out folder. @throws Error when a part of it cannot run, before anything is applied */
export function readSynthesis(output: string, variables: Readonly<Record<string, string>>): Synthesis {
  const stacks = readOutput(output);
  const blocks = stacks.flatMap(blocksOf);
  refuseUnknownTypes(blocks);
  return { stacks, types: blocks.map(({ type }) => type), region: oneRegion(stacks, variables) };
}

function oneRegion(stacks: readonly StackOutput[], variables: Readonly<Record<string, string>>): string {
  const regions = new Set(stacks.map((stack) => regionOf(stack, variables)).filter((region) => region !== undefined));
  const [region, ...more] = regions;
  if (region === undefined) throw new Error("no stack has an AWS provider with a region; set one");
  if (more.length > 0) {
    throw new Error(`the laptop runs one region, the stacks name several: ${[...regions].join(", ")}`);
  }
  return region;
}
