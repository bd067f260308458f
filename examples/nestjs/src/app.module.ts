import { createFlags } from "@burgee/core";
import { FlagsModule, provideByVariant } from "@burgee/nestjs";
import { fileStore } from "@burgee/stores/file";
import { Module } from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import { type Asking, AuthGuard } from "./auth.guard.js";
import { definitions } from "./flags.js";
import { PopularSearch, WordSearch } from "./search.js";
import { ShopController } from "./shop.controller.js";

const file = process.env["FLAGS"] ?? "flags.json";

@Module({
  imports: [
    FlagsModule.forRootAsync({
      useFactory: () => ({
        flags: createFlags(definitions, { source: fileStore(file) }),
        context: (request: Asking) => ({ targetingKey: request.user?.id }),
      }),
    }),
  ],
  controllers: [ShopController],
  providers: [
    WordSearch,
    PopularSearch,
    provideByVariant("search", "search-ranking", { words: WordSearch, popular: PopularSearch }),
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
})
export class AppModule {}
