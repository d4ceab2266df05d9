// What is asked of which service, and what the answers say of the variables.

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
export const MAX_PARAMETERS = 10;

// Why a variable has no value, never with a value or a ciphertext in it.
export class Failure extends Error {}

// A failure that is worth another try.
export class Passing extends Failure {}

// An error that a service answered.
export class Refusal extends Failure {
  constructor(code, message) {
    super(message ? `${code}: ${message}` : code);
    this.code = code;
  }
}

// A job is a request, and what its answer says of some variables:
// - `service`, as hosts and signatures call it; `title`, as people do; `target`, the action
// - `names`, the variables; `request`, what is asked
// - `parts()`, a job for each part that can fail by itself
// - `values(answer)`, pairs of a variable and its value, or a Failure
// - `explain(refusal)`, what an error means here

export class Decrypt {
  service = "kms";
  title = "KMS";
  target = "TrentService.Decrypt";

  constructor(name, ciphertext, context) {
    this.names = [name];
    this.request = { CiphertextBlob: ciphertext, EncryptionContext: context };
    this.meant = Object.values(context).join("/");
  }

  parts() {
    return [this];
  }

  values(answer) {
    const [name] = this.names;
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      return [[name, text.decode(Buffer.from(answer.Plaintext, "base64"))]];
    } catch {
      return [[name, new Failure("the value is not UTF-8 text")]];
    }
  }

  explain(refusal) {
    const { code, message } = refusal;
    if (["InvalidCiphertextException", "IncorrectKeyException"].includes(code)) {
      return `${code}: it was not encrypted for ${this.meant}`;
    }
    if (["AccessDeniedException", "NotFoundException"].includes(code)) {
      return (
        `${message}; the function's role lacks kms:Decrypt on its key, or the key is not ` +
        `one of this region because it was not encrypted for ${this.meant}`
      );
    }
    return message;
  }
}

export class GetParameters {
  service = "ssm";
  title = "SSM";
  target = "AmazonSSM.GetParameters";

  // `wanted`: parameter → the variables that it is for.
  constructor(wanted, region) {
    this.names = [...wanted.values()].flat();
    this.request = { Names: [...wanted.keys()], WithDecryption: true };
    this.wanted = wanted;
    this.region = region;
  }

  parts() {
    return [...this.wanted].map((each) => new GetParameters(new Map([each]), this.region));
  }

  values(answer) {
    const found = new Map();
    for (const { Name, ARN, Version, Selector, Value } of answer.Parameters) {
      // Which version or label it was asked for by is told apart from the name.
      const selector = (Selector ?? "").split(":").at(-1);
      for (const called of [Name, ARN ?? ""]) {
        for (const asked of [called, `${called}:${Version}`, `${called}:${selector}`]) found.set(asked, Value);
      }
    }
    return [...this.wanted].flatMap(([asked, names]) => {
      const missing = new Failure(`there is no parameter \`${asked}\` in ${this.region}`);
      return names.map((name) => [name, found.get(asked) ?? missing]);
    });
  }

  explain({ code, message }) {
    const asked = [...this.wanted.keys()].map((each) => `\`${each}\``).join(", ");
    if (code === "AccessDeniedException") {
      return `${message}; the function's role lacks ssm:GetParameters on ${asked}`;
    }
    return `${message}; asked for ${asked}`;
  }
}

export class GetSecretValue {
  service = "secretsmanager";
  title = "Secrets Manager";
  target = "secretsmanager.GetSecretValue";

  // `wanted`: variable → the JSON key that it is for; null is the whole secret.
  constructor(secret, wanted, region) {
    this.names = [...wanted.keys()];
    this.request = { SecretId: secret };
    this.secret = secret;
    this.wanted = wanted;
    this.region = region;
  }

  parts() {
    return [this];
  }

  values(answer) {
    return [...this.wanted].map(([name, key]) => [name, this.value(answer.SecretString, key)]);
  }

  value(text, key) {
    if (typeof text !== "string") {
      return new Failure(`the secret \`${this.secret}\` is binary, and a variable is text`);
    }
    if (key === null) return text;
    let document;
    try {
      document = JSON.parse(text);
    } catch {
      // What is wrong with it is told with a piece of it.
      return new Failure(`the secret \`${this.secret}\` is not JSON, so it has no key \`${key}\``);
    }
    const isObject = typeof document === "object" && document !== null && !Array.isArray(document);
    if (!isObject || !Object.hasOwn(document, key)) {
      return new Failure(`the secret \`${this.secret}\` has no key \`${key}\``);
    }
    const value = document[key];
    if (typeof value === "string") return value;
    let exact = true;
    const json = JSON.stringify(value, (_, each) => {
      exact &&= !Number.isInteger(each) || Number.isSafeInteger(each);
      return each;
    });
    if (!exact) {
      return new Failure(
        `\`${key}\` of the secret \`${this.secret}\` has a number that JavaScript would round; store it as a string`,
      );
    }
    return json;
  }

  explain({ code, message }) {
    if (code === "ResourceNotFoundException") {
      return `${message}; there is no secret \`${this.secret}\` in ${this.region}`;
    }
    if (code === "AccessDeniedException") {
      return (
        `${message}; the function's role lacks secretsmanager:GetSecretValue on ` +
        `\`${this.secret}\`, or kms:Decrypt on its key`
      );
    }
    return `${message}; asked for \`${this.secret}\``;
  }
}

// Returns the requests that resolve all references, a Map of variable → reference.
export function plan(references, environment) {
  const kms = [...references.values()].some((reference) => reference.startsWith("kms:"));
  const needed = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
  if (kms) needed.push("TFGEN_APP", "TFGEN_STAGE");
  const missing = needed.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Failure(`${missing.join(" and ")} must be in the environment`);
  const region = environment.AWS_REGION;
  const jobs = [];
  const parameters = new Map();
  const secrets = new Map();
  const entry = (map, key, empty) => map.get(key) ?? (map.set(key, empty), empty);
  for (const [name, reference] of references) {
    const [, service, rest] = reference.match(/^(\w+):([^]*)$/);
    if (service === "kms") {
      const { TFGEN_APP: app, TFGEN_STAGE: stage } = environment;
      jobs.push(new Decrypt(name, rest, { app, stage, region, name }));
    } else if (service === "ssm") {
      entry(parameters, rest, []).push(name);
    } else {
      const [, secret, key] = rest.match(/^([^#]*)(?:#([^]*))?$/);
      entry(secrets, secret, new Map()).set(name, key ?? null);
    }
  }
  for (const batch of batches([...parameters.keys()])) {
    jobs.push(new GetParameters(new Map(batch.map((asked) => [asked, parameters.get(asked)])), region));
  }
  for (const [secret, wanted] of secrets) jobs.push(new GetSecretValue(secret, wanted, region));
  return jobs;
}

// Divides parameters into requests, none of which asks for a parameter twice: two versions of one,
// or its name and its ARN, are hard to tell apart in an answer.
export function batches(parameters) {
  const made = [];
  for (const asked of parameters) {
    const name = asked.startsWith("arn:") ? asked.replace(/^.*?:parameter/, "") : asked;
    const parameter = name.replace(/:.*$/, "").replace(/^\/+/, "");
    let batch = made.find((each) => each.size < MAX_PARAMETERS && !each.has(parameter));
    if (batch === undefined) made.push((batch = new Map()));
    batch.set(parameter, asked);
  }
  return made.map((batch) => [...batch.values()]);
}
