// @vitest-environment jsdom
import { Flag, useFlag } from "@burgee/react";
import { flagMatrix, withFlags } from "@burgee/vitest";
import { renderWithFlags } from "@burgee/vitest/react";
import { cleanup, screen } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { definitions } from "./shop.js";

afterEach(cleanup);

/** A page that reads three flags. */
function Shop() {
  const ranking = useFlag("search-ranking");
  const size = useFlag("page-size");
  const checkout = createElement(
    Flag<"new-checkout">,
    { name: "new-checkout", fallback: "basket" },
    "one page",
  );
  return createElement("p", { role: "main" }, `${ranking} ${size} `, checkout);
}

const shown = () => screen.getByRole("main").textContent;

test("what is not named has its default", () => {
  renderWithFlags(createElement(Shop), { definitions });
  expect(shown()).toBe("bm25 10 basket");
});

test("components read the values of the variants that are named", () => {
  renderWithFlags(createElement(Shop), {
    definitions,
    flags: { "search-ranking": "hybrid", "page-size": "large", "new-checkout": "on" },
  });
  expect(shown()).toBe("hybrid 50 one page");
});

test("what is overridden in the test counts, and what is named here counts more", () => {
  withFlags({ "search-ranking": "vector", "new-checkout": "on" }, () => {
    renderWithFlags(createElement(Shop), { definitions, flags: { "search-ranking": "hybrid" } });
  });
  expect(shown()).toBe("hybrid 10 one page");
});

flagMatrix({ "new-checkout": ["on", "off"] })("a matrix", ({ "new-checkout": checkout }) => {
  test("is what is rendered", () => {
    renderWithFlags(createElement(Shop), { definitions });
    expect(shown()).toBe(`bm25 10 ${checkout === "on" ? "one page" : "basket"}`);
  });
});

test("a rerender, and a wrapper of the test's own, have the same flags", () => {
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement("section", {}, children);
  const { rerender, container } = renderWithFlags("nothing yet", {
    definitions,
    flags: { "new-checkout": "on" },
    wrapper,
  });
  rerender(createElement(Shop));
  expect(shown()).toBe("bm25 10 one page");
  expect(container.firstElementChild?.tagName).toBe("SECTION");
});

test("no server is asked", () => {
  const asked = vi.spyOn(globalThis, "fetch");
  renderWithFlags(createElement(Shop), { definitions });
  expect(asked).not.toHaveBeenCalled();
});
