// Signed requests to AWS over connections that stay open, with Node.js's own library only.

import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

import { Failure, Passing, Refusal } from "./jobs.mjs";

// Milliseconds.
const ATTEMPT = 2000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;

// How regions begin, and how hosts there end, with IPv4 alone and with both:
// https://docs.aws.amazon.com/general/latest/gr/rande.html
const SUFFIXES = [
  ["cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"],
  ["eusc-", "amazonaws.eu", "api.amazonwebservices.eu"],
  ["us-iso-", "c2s.ic.gov", "c2s.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov", "sc2s.sgov.gov"],
  ["us-isof-", "csp.hci.ic.gov", "csp.hci.ic.gov"],
  ["eu-isoe-", "cloud.adc-e.uk", "cloud.adc-e.uk"],
  ["", "amazonaws.com", "api.aws"],
];

// Errors that may be over a moment later. Credentials are unknown for some seconds after their
// role was made.
const PASSING = new Set([
  "DependencyTimeoutException",
  "InternalFailure",
  "InternalServerError",
  "InternalServiceError",
  "InternalServiceErrorException",
  "KMSInternalException",
  "RequestLimitExceeded",
  "RequestTimeout",
  "RequestTimeoutException",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "UnrecognizedClientException",
]);

// Returns the URL of a service.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
export function endpointOf(service, environment) {
  const on = (name) => environment[name]?.toLowerCase() === "true";
  const own = service === "secretsmanager" ? "SECRETS_MANAGER" : service.toUpperCase();
  const configured = [`AWS_ENDPOINT_URL_${own}`, "AWS_ENDPOINT_URL"].find((name) => environment[name]);
  if (configured && !on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
    const url = environment[configured];
    if (!/^https?:\/\//.test(url)) throw new Failure(`${configured} is not a URL`);
    return url;
  }
  const region = environment.AWS_REGION;
  const fips = on("AWS_USE_FIPS_ENDPOINT");
  const dual = on("AWS_USE_DUALSTACK_ENDPOINT");
  const [, single, both] = SUFFIXES.find(([start]) => region.startsWith(start));
  // SSM has no other endpoint there.
  const same = service === "ssm" && region.startsWith("us-gov-") && !dual;
  return `https://${service}${fips && !same ? "-fips" : ""}.${region}.${dual ? both : single}`;
}

const hash = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

// Returns the headers of a request, with its signature. `now` is in milliseconds since 1970.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
export function sign(job, url, body, environment, now) {
  const moment = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${moment.slice(0, 8)}/${environment.AWS_REGION}/${job.service}/aws4_request`;
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    host: new URL(url).host,
    "x-amz-date": moment,
    "x-amz-target": job.target,
  };
  if (environment.AWS_SESSION_TOKEN) headers["x-amz-security-token"] = environment.AWS_SESSION_TOKEN;
  const names = Object.keys(headers).sort();
  const request = [
    "POST",
    pathOf(url),
    "",
    ...names.map((name) => `${name}:${headers[name].trim().replace(/\s+/g, " ")}`),
    "",
    names.join(";"),
    hash(body),
  ].join("\n");
  const steps = [...scope.split("/"), `AWS4-HMAC-SHA256\n${moment}\n${scope}\n${hash(request)}`];
  const signature = steps.reduce(hmac, `AWS4${environment.AWS_SECRET_ACCESS_KEY}`).toString("hex");
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${environment.AWS_ACCESS_KEY_ID}/${scope}, ` +
    `SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return headers;
}

function pathOf(url) {
  return `${new URL(url).pathname.replace(/\/+$/, "")}/`;
}

function authorities(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure(`AWS_CA_BUNDLE cannot be read: ${error.code}`);
  }
}

// Asks one service. `connections` are as many as it may have at a time, and `deadline` is when
// there is no more time, as `Date.now` tells it.
export class Client {
  constructor(service, environment, connections, deadline) {
    this.url = endpointOf(service, environment);
    this.environment = environment;
    this.deadline = deadline;
    this.protocol = this.url.startsWith("https:") ? https : http;
    const own = this.protocol === https && environment.AWS_CA_BUNDLE;
    const trusted = own ? { ca: authorities(own) } : {};
    this.agent = new this.protocol.Agent({ keepAlive: true, maxSockets: connections, ...trusted });
  }

  // Returns the answer, after as many tries as there is time for.
  async ask(job) {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await this.#try(job);
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        const waiting = pause * Math.random();
        if (Date.now() + waiting >= this.deadline) {
          throw new Failure(`${error.message}, and there is no time for another try`);
        }
        await new Promise((resolve) => setTimeout(resolve, waiting));
      }
    }
  }

  async #try(job) {
    let answer;
    try {
      answer = await this.#exchange(job);
    } catch (error) {
      const why = `${this.url} cannot be reached: ${error.message}`;
      throw /CERT|LEAF_SIGNATURE/.test(error.code) ? new Failure(why) : new Passing(why);
    }
    return read(job, answer);
  }

  #exchange(job) {
    const body = JSON.stringify(job.request);
    const headers = sign(job, this.url, body, this.environment, Date.now());
    headers["content-length"] = Buffer.byteLength(body);
    const signal = AbortSignal.timeout(Math.max(50, Math.min(ATTEMPT, this.deadline - Date.now())));
    return new Promise((resolve, reject) => {
      const failed = (error) => reject(signal.aborted ? new Error("no answer in time") : error);
      const options = { method: "POST", path: pathOf(this.url), headers, agent: this.agent, signal };
      const request = this.protocol.request(this.url, options, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", failed);
        response.on("end", () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
        );
      });
      request.on("error", failed);
      request.end(body);
    });
  }
}

function read(job, { status, headers, body }) {
  let document;
  try {
    document = JSON.parse(body);
  } catch {
    document = null;
  }
  const said = document !== null && typeof document === "object" ? document : {};
  if (status === 200 && said === document) return document;
  const named = String(said.__type || headers["x-amzn-errortype"] || `HTTP ${status}`);
  const code = named.replace(/:.*$/, "").replace(/^.*#/, "");
  const message = String(said.message || said.Message || "").trim().replace(/\s+/g, " ");
  const refusal = new Refusal(code, message.replaceAll(job.request.CiphertextBlob ?? "\0", "…"));
  if (status >= 500 || status === 429 || PASSING.has(code)) throw new Passing(refusal.message);
  throw refusal;
}
