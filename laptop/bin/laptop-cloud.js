#!/usr/bin/env node
// JavaScript that old versions of Node can read too, so that they say what is wrong.
const required = 24;

if (Number(process.versions.node.split(".")[0]) >= required) {
  import("../commands/cli.ts");
} else {
  console.error(`laptop-cloud needs Node ${required} or later; this is Node ${process.versions.node}`);
  process.exitCode = 1;
}
