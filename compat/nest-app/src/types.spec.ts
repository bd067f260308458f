import { FlagValue, RequireFlag } from "@burgee/nestjs";

// Compiling it is the test: jest only says that it was compiled.
test("keys and variants are checked where Nest's own tsconfig.json compiles", () => {
  RequireFlag("new-checkout");
  RequireFlag("search-ranking", { is: "hybrid" });
  FlagValue("search-ranking");
  // @ts-expect-error it is no flag
  RequireFlag("new-chekout");
  // @ts-expect-error it is no variant
  RequireFlag("search-ranking", { is: "on" });
  // @ts-expect-error it has to say which variants open it
  RequireFlag("search-ranking");
  // @ts-expect-error it is no flag
  FlagValue("ranking");
});
