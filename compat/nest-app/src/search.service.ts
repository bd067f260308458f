import { setImmediate } from "node:timers/promises";
import type { Flags } from "@burgee/core";
import { FlagsService, InjectFlags } from "@burgee/nestjs";
import { Injectable } from "@nestjs/common";

@Injectable()
export class SearchService {
  constructor(
    private readonly service: FlagsService,
    @InjectFlags() private readonly flags: Flags,
  ) {}

  /** Reads the request's flag far from the request. */
  async find() {
    await setImmediate();
    return { ranking: this.service.get("search-ranking"), revision: this.flags.revision };
  }

  /** Reads it in a job, for an account of its own. */
  indexFor(plan: string) {
    return this.service.run({ plan }, () => this.find());
  }
}
