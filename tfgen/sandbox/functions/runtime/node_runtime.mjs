// A runtime for Node.js functions: speaks Lambda's Runtime API and calls the handler.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html

import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const prefix = "/2018-06-01/runtime";
const json = env.AWS_LAMBDA_LOG_FORMAT === "JSON";

let requestId;

function ask(method, route, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    const options = { host, port, agent, method, path: prefix + route, headers: { ...headers, ...length } };
    const request = http.request(options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

// Lambda keeps the lines of one call together as one event of the log.
function log(level, values) {
  const time = new Date().toISOString();
  const message = format(...values);
  const line = json
    ? JSON.stringify({ timestamp: time, level, requestId, message })
    : [time, requestId, level, message.replaceAll("\n", "\r")].join("\t");
  process.stdout.write(`${line}\n`);
}

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

function patchConsole() {
  const lowest = json ? Math.max(LEVELS.indexOf(env.AWS_LAMBDA_LOG_LEVEL), 0) : 0;
  const methods = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" };
  for (const [name, level] of Object.entries(methods)) {
    console[name] = (...values) => {
      if (LEVELS.indexOf(level) >= lowest) log(level, values);
    };
  }
}

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function described(error) {
  if (error instanceof Error || (error && typeof error === "object" && "message" in error && "stack" in error)) {
    return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split("\n") };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function report(route, error) {
  const body = described(error);
  return ask("POST", route, JSON.stringify(body), {
    "Content-Type": "application/json",
    "Lambda-Runtime-Function-Error-Type": body.errorType.replace(/[^\x20-\x7e]/g, "?"),
  });
}

function isModule(file) {
  if (file.endsWith(".mjs")) return true;
  if (file.endsWith(".cjs")) return false;
  const root = path.resolve(env.LAMBDA_TASK_ROOT);
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (fs.existsSync(manifest)) return JSON.parse(fs.readFileSync(manifest, "utf8")).type === "module";
    if (folder === root || folder === path.dirname(folder)) return false;
  }
}

async function loadModule(stem) {
  const file = ["", ".js", ".mjs", ".cjs"].map((end) => stem + end).find((each) => fs.statSync(each, { throwIfNoEntry: false })?.isFile());
  if (file === undefined) {
    throw new RuntimeError("Runtime.ImportModuleError", `Error: Cannot find module '${path.basename(stem)}'`);
  }
  try {
    if (isModule(file)) return await import(pathToFileURL(file).href);
    try {
      return createRequire(import.meta.url)(file);
    } catch (error) {
      if (!["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"].includes(error.code)) throw error;
      return await import(pathToFileURL(file).href);
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw Object.assign(error, { name: "Runtime.UserCodeSyntaxError" });
    if (["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error.code)) {
      throw new RuntimeError("Runtime.ImportModuleError", `Error: ${error.message}`);
    }
    throw error;
  }
}

async function loadHandler() {
  const [, folder, rest] = env._HANDLER.match(/^(.*\/)?([^/]*)$/);
  const [module, ...names] = rest.split(".");
  if (names.length === 0) throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  const exported = await loadModule(path.resolve(env.LAMBDA_TASK_ROOT, folder ?? "", module));
  const find = (from) => names.reduce((value, name) => value?.[name], from);
  const handler = find(exported) ?? find(exported.default);
  if (handler === undefined) {
    throw new RuntimeError("Runtime.HandlerNotFound", `${env._HANDLER} is undefined or not exported`);
  }
  if (typeof handler !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${env._HANDLER} is not a function`);
  }
  if (handler.length >= 3 && Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV)?.[1]) >= 24) {
    throw new RuntimeError(
      "Runtime.CallbackHandlerDeprecated",
      "Lambda no longer supports callback-based handlers from Node.js 24 on; make the handler async",
    );
  }
  return handler;
}

function contextOf(headers, finish) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const client = headers["lambda-runtime-client-context"];
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: requestId,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    clientContext: client ? JSON.parse(client) : undefined,
    identity: undefined,
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: (error, result) => finish(error, result, true),
    succeed: (result) => finish(null, result, true),
    fail: (error) => finish(error ?? new Error("handled"), undefined, true),
  };
}

// What ends an invocation of which nothing is left to do, when the event loop is empty.
let whenIdle = () => {};

// Returns a promise of what the handler comes to, whichever of the three ways it answers.
function call(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const settle = (error, result) => (error === null || error === undefined ? resolve(result) : reject(error));
    const finish = (error, result, now) => {
      if (now || !context.callbackWaitsForEmptyEventLoop) settle(error, result);
      else whenIdle = () => settle(error, result);
    };
    const context = contextOf(headers, finish);
    // A handler that neither returns a promise nor calls back has returned nothing.
    whenIdle = () => resolve(null);
    const returned = handler(event, context, (error, result) => finish(error, result, false));
    if (typeof returned?.then === "function") returned.then(resolve, reject);
  });
}

async function serve(handler) {
  for (;;) {
    const next = await ask("GET", "/invocation/next");
    requestId = next.headers["lambda-runtime-aws-request-id"];
    env._X_AMZN_TRACE_ID = next.headers["lambda-runtime-trace-id"] ?? "";
    try {
      const result = await call(handler, JSON.parse(next.body), next.headers);
      const body = JSON.stringify(result === undefined ? null : result);
      const posted = await ask("POST", `/invocation/${requestId}/response`, body, { "Content-Type": "application/json" });
      if (posted.status >= 300) console.error(`The response was refused: ${posted.body}`);
    } catch (error) {
      log("ERROR", ["Invoke Error", JSON.stringify(described(error))]);
      await report(`/invocation/${requestId}/error`, error);
    }
    whenIdle = () => {};
  }
}

async function die(name, error, code) {
  const wrapped = error instanceof Error && name === "uncaughtException" ? error : new RuntimeError(name, String(error));
  log("ERROR", [name, JSON.stringify(described(error))]);
  await report(requestId ? `/invocation/${requestId}/error` : "/init/error", wrapped);
  process.exit(code);
}

process.on("uncaughtException", (error) => die("uncaughtException", error, 129));
process.on("unhandledRejection", (error) => die("Runtime.UnhandledPromiseRejection", error, 128));
process.on("beforeExit", () => whenIdle());

patchConsole();
let handler;
try {
  handler = await loadHandler();
} catch (error) {
  log("ERROR", ["Uncaught Exception", JSON.stringify(described(error))]);
  await report("/init/error", error);
  process.exit(1);
}
serve(handler);
