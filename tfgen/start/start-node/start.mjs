// Resolves a function's secrets before its runtime starts, in the runtime's own process:
// `node --import=…/start.mjs`. What is imported after it waits for it. For Node.js 18 and later.

import { readFileSync } from "node:fs";
import http from "node:http";
import { isMainThread } from "node:worker_threads";

import { Client } from "./client.mjs";
import { Failure, Refusal, plan } from "./jobs.mjs";

// Milliseconds. Lambda gives a function ten seconds to start:
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
const BUDGET = 6000;

// Connections to one service at a time: each costs a TLS handshake, and a small function has a
// fraction of a core for it.
const CONNECTIONS = 4;

const PREFIX = /^(kms|ssm|secretsmanager):/;
const BUNDLED = new URL("../secrets.json", import.meta.url);

// Returns a Map of variable → reference.
function referencesIn(environment) {
  const references = new Map();
  for (const [name, ciphertext] of Object.entries(bundled(environment.AWS_REGION))) {
    references.set(name, `kms:${ciphertext}`);
  }
  for (const [name, value] of Object.entries(environment)) {
    if (PREFIX.test(value)) references.set(name, value);
  }
  return references;
}

function bundled(region) {
  let text;
  try {
    text = readFileSync(BUNDLED, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
  let ciphertexts;
  try {
    ciphertexts = JSON.parse(text)[region];
  } catch {
    // What is wrong with it is told with a piece of it.
  }
  if (ciphertexts === undefined) throw new Failure("the bundle brings secrets, but none for this region");
  return ciphertexts;
}

// Returns a Map of variable → its value, or a Failure. All services are asked at once.
export async function resolve(jobs, environment, budget = BUDGET) {
  const results = new Map();
  const deadline = Date.now() + budget;
  const asked = [...new Set(jobs.map((job) => job.service))].map(async (service) => {
    const queue = jobs.filter((job) => job.service === service);
    const connections = Math.min(queue.length, CONNECTIONS);
    const client = new Client(service, environment, connections, deadline);
    await Promise.all(Array.from({ length: connections }, () => work(client, queue, results)));
    client.agent.destroy();
  });
  await Promise.all(asked);
  return results;
}

async function work(client, queue, results) {
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    const { names, title } = job;
    const fail = (why) => names.forEach((name) => results.set(name, new Failure(`${title}: ${why}`)));
    try {
      for (const [name, result] of job.values(await client.ask(job))) {
        results.set(name, result instanceof Failure ? new Failure(`${title}: ${result.message}`) : result);
      }
    } catch (error) {
      const parts = job.parts();
      // One of them is enough to have all refused.
      if (error instanceof Refusal && parts.length > 1) queue.push(...parts);
      else if (error instanceof Refusal) fail(job.explain(error));
      else if (error instanceof Failure) fail(error.message);
      // Its own message may show what was answered.
      else fail(`the answer makes no sense (${error.name})`);
    }
  }
}

function settle(results) {
  const failures = [];
  for (const [name, result] of [...results].sort()) {
    if (result instanceof Failure) failures.push(`${name}: ${result.message}`);
    else if (result.includes("\0")) failures.push(`${name}: the value has a NUL character, which no variable can hold`);
    // Half of a character, which JSON can hold.
    else if (Buffer.from(result).toString() !== result) failures.push(`${name}: the value is not UTF-8 text`);
  }
  if (failures.length > 0) throw new Failure(failures.join("\n"));
  for (const [name, value] of results) process.env[name] = value;
}

// Tells the log and Lambda why the function does not start, and ends.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror
async function report(why) {
  const lines = why.split("\n").map((line) => `The function cannot start. ${line}`);
  process.stderr.write(lines.map((line) => `tfgen: ${line}\n`).join(""));
  const errorType = "Tfgen.SecretError";
  const body = JSON.stringify({ errorType, errorMessage: lines.join("\n"), stackTrace: [] });
  await new Promise((done) => {
    const headers = { "content-type": "application/json", "lambda-runtime-function-error-type": errorType };
    const url = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/init/error`;
    const request = http.request(url, { method: "POST", headers, timeout: 1000 }, (response) => {
      response.resume().on("close", done);
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", (error) => {
      process.stderr.write(`tfgen: Lambda was not told: ${error.message}\n`);
      done();
    });
    request.end(body);
  });
  process.exit(1);
}

// What this process starts has the values already.
function leave() {
  const { NODE_OPTIONS: options } = process.env;
  if (options === undefined) return;
  const others = options.split(" ").filter((option) => !option.endsWith("/.tfgen/start-node/start.mjs"));
  if (others.length > 0) process.env.NODE_OPTIONS = others.join(" ");
  else delete process.env.NODE_OPTIONS;
}

// A worker has them as well.
if (isMainThread) {
  leave();
  try {
    const references = referencesIn(process.env);
    if (references.size > 0) settle(await resolve(plan(references, process.env), process.env));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await report(error.message);
  }
}
