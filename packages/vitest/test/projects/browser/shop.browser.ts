import { flagTest as test } from "@burgee/vitest/playwright";
import { expect } from "@playwright/test";

for (const ranking of ["hybrid", "vector"] as const) {
  test.describe(`with ${ranking}`, () => {
    test.use({ flags: { "search-ranking": ranking } });

    test("a page, and what it asks for, are served it", async ({ page }) => {
      await page.goto("/page");
      await expect(page.locator("h1")).toHaveText(ranking);
      await expect(page.locator("p")).toHaveText(ranking);
    });

    test("so is what the page is sent on to, and what the test asks for beside it", async ({
      page,
    }) => {
      await page.goto("/redirect");
      await expect(page.locator("h1")).toHaveText(ranking);
      const answer = await page.request.get("/");
      expect(await answer.json()).toMatchObject({ "search-ranking": ranking });
    });
  });
}

test("without flags the rules decide, and nothing is sent", async ({ page, context }) => {
  await page.goto("/page");
  await expect(page.locator("h1")).toHaveText("bm25");
  expect(await context.cookies()).toEqual([]);
});

test.describe("signed with another secret", () => {
  test.use({
    flags: { "search-ranking": "hybrid" },
    flagCookie: { secret: "another secret, of 32 characters or more" },
  });

  test("a cookie is ignored, and counted", async ({ page }) => {
    await page.goto("/page");
    await expect(page.locator("h1")).toHaveText("bm25");
    expect(await (await page.request.get("/refused")).json()).toBeGreaterThan(0);
  });
});
