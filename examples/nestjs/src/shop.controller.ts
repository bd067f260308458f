import { FlagValue, RequireFlag } from "@burgee/nestjs";
import { Controller, Get, Inject, Post, Query } from "@nestjs/common";
import type { WordSearch } from "./search.js";

@Controller()
export class ShopController {
  constructor(@Inject("search") private readonly search: () => WordSearch) {}

  @RequireFlag("new-checkout")
  @Post("checkout")
  checkout() {
    return { ordered: true };
  }

  @Get("search")
  find(@Query("q") words = "", @FlagValue("search-ranking") ranking: "words" | "popular") {
    return { ranking, found: this.search().find(words) };
  }
}
