/**
 * Signs in with a generated client and prints the name of the person.
 *
 * Usage: node login.js BASE_URL EMAIL PASSWORD
 */
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./schema.js";

const [baseUrl, email, password] = process.argv.slice(2);
if (baseUrl === undefined || email === undefined || password === undefined) {
  console.error("usage: node login.js BASE_URL EMAIL PASSWORD");
  process.exit(2);
}

const client = createClient<paths>({ baseUrl });

const signedIn = await client.POST("/api/v1/sign-in", { body: { email, password } });
if (signedIn.error !== undefined) {
  console.error("refused:", signedIn.error);
  process.exit(1);
}

const bearer: Middleware = {
  onRequest({ request }) {
    request.headers.set("authorization", `Bearer ${signedIn.data.token}`);
    return request;
  },
};
client.use(bearer);

const me = await client.GET("/api/v1/me");
if (me.data === undefined) {
  console.error("refused:", me.error);
  process.exit(1);
}
console.log(me.data.name);
