import { randomUUID } from "node:crypto";
import type { Flags } from "@burgee/core";
import { payloadOf, scriptText } from "@burgee/ofrep";
import type { RequestHandler } from "express";
import { renderToString } from "react-dom/server";
import { ShopPage } from "./shop-page.js";

/** Renders the page for a new visitor, with the values that its hooks will have in the browser. */
export function renderPage(flags: Pick<Flags, "client">): RequestHandler {
  return (request, response) => {
    const visitor = `visitor-${randomUUID()}`;
    request.flags.identify({ targetingKey: visitor });
    const initial = payloadOf(flags, request.flags);
    const shop = renderToString(<ShopPage visitor={visitor} initial={initial} />);
    response.send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>The tea shop</title><link rel="icon" href="data:,"></head>
<body style="font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto">
<div id="root">${shop}</div>
<script id="visitor" type="text/plain">${visitor}</script>
<script id="flags" type="application/json">${scriptText(initial)}</script>
<script type="module" src="/public/main.js"></script>
</body></html>`);
  };
}
