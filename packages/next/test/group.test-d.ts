import { createFlags } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import { expectTypeOf, test } from "vitest";
import { createGroup } from "../src/group.js";
import { client, definitions } from "./static-shop.js";

const flags = createFlags(definitions, { source: memoryStore(), client });
const home = createGroup(() => flags, "home", ["header", "size"]);

test("a group takes keys of its Flags", () => {
  expectTypeOf(home.keys).toEqualTypeOf<readonly ("header" | "size")[]>();
  // @ts-expect-error: no such flag
  createGroup(() => flags, "home", ["header", "footer"]);
});

test("a page reads the group's flags, and no others", async () => {
  const page = await home.fromCode("");
  expectTypeOf(page.get("header")).toEqualTypeOf<boolean>();
  expectTypeOf(page.get("size")).toEqualTypeOf<10 | 50>();
  expectTypeOf(page.variant("size")).toEqualTypeOf<"small" | "large">();
  // @ts-expect-error: a flag, but none of the group
  page.get("colour");
});

test("permutations are what generateStaticParams gives", () => {
  expectTypeOf(home.permutations).returns.resolves.toEqualTypeOf<{ code: string }[]>();
});
