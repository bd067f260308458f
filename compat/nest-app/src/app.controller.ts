import type { FlagValue as FlagValueOf } from "@burgee/core";
import { FlagValue, RequireFlag } from "@burgee/nestjs";
import { Controller, Get, Param, Post, UseGuards } from "@nestjs/common";
import { PlanGuard } from "./plan.guard";
import { SearchService } from "./search.service";

@Controller()
@UseGuards(PlanGuard)
export class AppController {
  constructor(private readonly search: SearchService) {}

  @Post("checkout")
  @RequireFlag("new-checkout")
  checkout(@FlagValue("search-ranking") ranking: FlagValueOf<"search-ranking">) {
    return { order: 1, ranking };
  }

  @Get("search")
  find() {
    return this.search.find();
  }

  @Get("index/:plan")
  indexFor(@Param("plan") plan: string) {
    return this.search.indexFor(plan);
  }

  @Get("experiment")
  @RequireFlag("search-ranking", { is: "hybrid", otherwise: 403 })
  experiment() {
    throw new Error("it is not finished");
  }
}
