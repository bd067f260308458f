import type { IncomingMessage, ServerResponse } from "node:http";
import { builtin } from "./builtin.js";
import { registry } from "./registry.js";
import { RequestRecord } from "./request-record.js";

/** Node's channel that tells of each request before anything handles it. */
const CHANNEL = "http.server.request.start";

interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** From now on each request of this process has a record, in everything that it awaits. */
export function listenToRequests(): void {
  if (registry.listening) return;
  registry.listening = true;
  builtin("node:diagnostics_channel").subscribe(CHANNEL, (message) => {
    const { request, response } = message as RequestStart;
    registry.records.enterWith(new RequestRecord({ request, response }));
  });
}
