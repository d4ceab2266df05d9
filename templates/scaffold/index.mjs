// The function behind the API: answers health checks, and greets everyone else.

const json = (body) => ({
  statusCode: 200,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/**
 * Answers a request to the API.
 *
 * @param {import("aws-lambda").APIGatewayProxyEvent} event the request, as API Gateway passes it on
 * @returns {Promise<import("aws-lambda").APIGatewayProxyResult>} the response, for it to pass back
 */
export const handler = async ({ httpMethod, path }) => {
  if (path === "/_health") return json({ status: "healthy" });

  const { AWS_REGION, LOG_LEVEL, MESSAGE } = process.env;
  if (LOG_LEVEL === "info") console.info(httpMethod, path);
  return json({ message: MESSAGE, region: AWS_REGION });
};
