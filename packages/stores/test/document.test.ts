import { expect, test } from "vitest";
import { parseDocument } from "../src/document.js";
import { flagSetWith } from "./flag-set-with.js";

test("reads a flag set, with or without a byte order mark", () => {
  const text = JSON.stringify(flagSetWith("on"));
  expect(parseDocument(text, "flags.json")).toEqual(flagSetWith("on"));
  expect(parseDocument(`\uFEFF${text}`, "flags.json")).toEqual(flagSetWith("on"));
});

test.each([
  ["a torn file", '{\n  "flags": {\n    "new-checkout": {', /^flags\.json:3:\d+: /],
  ["a comma too many", '{\n  "flags": {},\n}', /^flags\.json:3:1: /],
  ["a word", "garbage", /^flags\.json:1:1: /],
  ["nothing", "", /^flags\.json:1:1: The file is empty\./],
])("%s is an error that says where", (_name, text, message) => {
  expect(() => parseDocument(text, "flags.json")).toThrow(message);
  expect(() => parseDocument(text, "flags.json")).toThrow(/INVALID_FLAG_SET/);
});

test("a fault in the flags is named by its JSON pointer", () => {
  const text = '{"flags":{"new-checkout":{"state":"ON","variants":{"on":true}}}}';
  expect(() => parseDocument(text, "flags.json")).toThrow(
    /^flags\.json: \/flags\/new-checkout\/state must be "ENABLED" or "DISABLED"\./,
  );
});
