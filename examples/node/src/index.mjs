// The function behind the API: answers health checks, greets, and tells the digest of what it gets.

import { createHash } from "node:crypto";

const { AWS_REGION, LOG_LEVEL, MESSAGE } = process.env;

const json = (statusCode, body, headers = {}) => ({
  statusCode,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
});

const greet = ({ queryStringParameters }) => {
  const name = queryStringParameters?.name;
  return json(200, { message: name ? `${MESSAGE}, ${name}` : MESSAGE, region: AWS_REGION });
};

const digest = ({ body, isBase64Encoded }) => {
  const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return json(200, { bytes: bytes.length, sha256, region: AWS_REGION });
};

const routes = {
  "/_health": { GET: () => json(200, { status: "healthy" }) },
  "/": { GET: greet },
  "/digests": { POST: digest },
};

/**
 * Answers a request to the API.
 *
 * @param {import("aws-lambda").APIGatewayProxyEvent} event the request, as API Gateway passes it on
 * @returns {Promise<import("aws-lambda").APIGatewayProxyResult>} the response, for it to pass back
 */
export const handler = async (event) => {
  const { httpMethod, path } = event;
  if (LOG_LEVEL === "info" && path !== "/_health") console.info(httpMethod, path);

  const methods = routes[path];
  if (!methods) return json(404, { message: `There is no ${path}` });
  const answer = methods[httpMethod];
  if (!answer) {
    const Allow = Object.keys(methods).join(", ");
    return json(405, { message: `${path} does not take ${httpMethod}` }, { Allow });
  }
  return answer(event);
};
