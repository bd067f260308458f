import { StrictMode, Suspense } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App, renders } from "./app.js";
import { FailingPage } from "./failing.js";
import { StreamedPage } from "./streamed.js";

Object.assign(globalThis, { renders });
const root = document.getElementById("root") as HTMLElement;
const payload = document.getElementById("payload");
const initial = payload === null ? undefined : JSON.parse(payload.textContent);

/** What a server's scope is in a browser. */
const forbidden = {
  details(): never {
    throw new Error("a browser read a scope");
  },
};

if (document.body.dataset["page"] === "streamed") {
  const coming = fetch("/payload").then((response) => response.json());
  hydrateRoot(document, <StreamedPage initial={coming} scope={forbidden} />);
} else if (document.body.dataset["page"] === "late") {
  const coming = fetch("/payload").then((response) => response.json());
  const late = (
    <Suspense fallback={<p id="waiting">waiting</p>}>
      <App initial={coming} />
    </Suspense>
  );
  createRoot(root).render(late);
} else if (document.body.dataset["page"] === "failing") {
  const failing = (
    <StrictMode>
      <FailingPage initial={initial} />
    </StrictMode>
  );
  createRoot(root, { onCaughtError: () => {} }).render(failing);
} else {
  const app = (
    <StrictMode>
      <App {...(initial && { initial })} />
    </StrictMode>
  );
  if (root.hasChildNodes()) hydrateRoot(root, app);
  else createRoot(root).render(app);
}
