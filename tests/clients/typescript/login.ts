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

/** Keeps the cookies of the session, which `fetch` outside a browser does not. */
function cookieJar(): Middleware {
  const cookies = new Map<string, string>();
  return {
    onRequest({ request }) {
      if (cookies.size > 0) {
        request.headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
      }
      return request;
    },
    onResponse({ response }) {
      for (const line of response.headers.getSetCookie()) {
        const [pair = ""] = line.split(";");
        const at = pair.indexOf("=");
        cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
      return undefined;
    },
  };
}

const client = createClient<paths>({ baseUrl });
client.use(cookieJar());

const signedIn = await client.POST("/api/v1/sign-in", { body: { email, password } });
if (signedIn.error !== undefined) {
  console.error("refused:", signedIn.error);
  process.exit(1);
}

const me = await client.GET("/api/v1/me");
if (me.data === undefined) {
  console.error("refused:", me.error);
  process.exit(1);
}
console.log(me.data.name);
