import {
  byVariant,
  flagErrors,
  flagMiddleware,
  flagRouter,
  readiness,
  requireFlag,
} from "@burgee/express";
import express from "express";
import { flags } from "./flags.js";

export const app = express();

app.get("/ready", readiness(flags));
app.use("/flags", flagRouter(flags));
app.use(
  flagMiddleware(flags, {
    context: (request) => ({ targetingKey: request.get("x-user") }),
    visitor: { name: "visitor", secure: false }, // this is served without HTTPS
  }),
);

app.get("/", (request, response) => {
  response.json({ checkout: request.flags.get("new-checkout") ? "new" : "old" });
});
app.post("/checkout", requireFlag("new-checkout"), (_request, response) => {
  response.json({ order: 1 });
});
app.get(
  "/search",
  byVariant("search-ranking", {
    bm25: (request, response) => void response.json({ q: request.query["q"], ranked: "by words" }),
    hybrid: (request, response) =>
      void response.json({ q: request.query["q"], ranked: "by meaning" }),
  }),
);
app.use(flagErrors());
