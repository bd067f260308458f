import { FlagsModule, type FlagsRequest } from "@burgee/nestjs";
import { Module } from "@nestjs/common";
import { AppController } from "./app.controller";
import { openFlags } from "./flags";
import { SearchService } from "./search.service";

@Module({
  imports: [
    FlagsModule.forRootAsync({
      useFactory: () => ({
        flags: openFlags().flags,
        context: (request: FlagsRequest & { readonly user?: { readonly plan: string } }) => ({
          plan: request.user?.plan,
        }),
      }),
    }),
  ],
  controllers: [AppController],
  providers: [SearchService],
})
export class AppModule {}
