import fc from "fast-check";
import { expect, test } from "vitest";
import { checkCookie, checkName, cookieIn, setCookie } from "../src/cookie.js";

test.each([
  ["a=1", "1"],
  ["b=2; a=1", "1"],
  ["b=2;a = 1 ;c=3", "1"],
  ["a=1; a=2", "1"],
  ["a=x=y", "x=y"],
  ["aa=2; xa=3; a=1", "1"],
  ["a=", ""],
  ["b=a=1", undefined],
  ["a", undefined],
  ["=a", undefined],
  ["", undefined],
  [undefined, undefined],
])("the cookie in %o is %o", (header, value) => {
  expect(cookieIn(header, "a")).toBe(value);
});

test("no header is too strange to be read", () => {
  fc.assert(fc.property(fc.string(), (header) => void cookieIn(header, "a")));
});

test("it is set for a year, for the whole site, by HTTPS, out of the reach of scripts", () => {
  expect(setCookie("1", { name: "a" })).toBe(
    "a=1; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure",
  );
  expect(setCookie("1", { name: "a", secure: false, maxAge: "30d" })).toBe(
    "a=1; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax",
  );
});

test.each(["", "a b", "a;b", "a=b", "a\r\nset-cookie: b", "ä", "x".repeat(65), 7])(
  "%o is no name",
  (name) => {
    expect(() => checkName("cookie", name)).toThrow(/INVALID_OPTIONS/);
  },
);

test("a cookie is kept for a year at most", () => {
  expect(() => checkCookie({ name: "a", maxAge: "365d" })).not.toThrow();
  expect(() => checkCookie({ name: "a", maxAge: "366d" })).toThrow(/INVALID_OPTIONS/);
});
