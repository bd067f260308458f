const { flagSecret, overrideHeaders, withFlags } = require("@burgee/vitest/with-flags");
const request = require("supertest");
const { openShop } = require("./shop.js");

const { flags, app } = openShop(flagSecret());
let server;

beforeAll((done) => {
  server = app.listen(0, "127.0.0.1", done);
});

afterAll((done) => {
  flags.close();
  server.close(done);
});

const ask = async (headers = {}) => (await request(app).get("/").set(headers)).body;

test("nothing of Vitest is loaded", () => {
  expect(Object.keys(require.cache).filter((path) => /node_modules.vitest/.test(path))).toEqual([]);
  expect(() => require("vitest")).toThrow();
});

test("an application is served what is overridden, and others beside it are not", async () => {
  const [hybrid, rules] = await Promise.all([
    withFlags({ "search-ranking": "hybrid" }, ask),
    ask(),
  ]);
  expect([hybrid, rules]).toEqual(["hybrid", "bm25"]);
});

test.each(["on", "off"])("a job with the checkout %s", async (variant) => {
  const read = () => flags.run({}, async (scope) => scope.get("new-checkout"));
  expect(await withFlags({ "new-checkout": variant }, read)).toBe(variant === "on");
});

test("a server that listens already takes a header", async () => {
  const headers = await withFlags({ "search-ranking": "hybrid" }, () => overrideHeaders());
  const answer = await request(server).get("/").set(headers);
  expect(answer.body).toBe("hybrid");
  expect((await request(server).get("/")).body).toBe("bm25");
});

test("a variant that does not exist is said", async () => {
  const work = () => flags.scope({}).get("new-checkout");
  expect(() => withFlags({ "new-checkout": "yes" }, work)).toThrow(/UNKNOWN_OVERRIDE/);
});
