import type { FlagPayload } from "@burgee/ofrep/client";
import { type ReactNode, StrictMode, Suspense } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App, renders } from "./app.js";
import { EarlyPage } from "./early.js";
import { ExposingPage } from "./exposing.js";
import { FailingPage } from "./failing.js";
import { FixedPage } from "./fixed.js";
import { KeyedPage } from "./keyed.js";
import { LeavingPage } from "./leaving.js";
import { LoginPage } from "./login.js";
import { MemoisedPage } from "./memoised.js";
import { ShownPage } from "./shown.js";
import { StoredPage } from "./stored.js";
import { StreamedPage } from "./streamed.js";
import { SuspendingPage, WaitingPage } from "./suspending.js";
import { TornPage } from "./torn.js";

Object.assign(globalThis, { renders });
const root = document.getElementById("root") as HTMLElement;
const payload = document.getElementById("payload");
const initial: FlagPayload = payload === null ? undefined : JSON.parse(payload.textContent);

/** What a server's scope is in a browser. */
const forbidden = {
  details(): never {
    throw new Error("a browser read a scope");
  },
};

const coming = () => fetch("/payload").then((response) => response.json());

const pages: Readonly<Record<string, () => ReactNode>> = {
  app: () => <App {...(initial && { initial })} />,
  early: () => <EarlyPage initial={initial} />,
  exposing: () => <ExposingPage {...(initial && { initial })} />,
  failing: () => <FailingPage initial={initial} />,
  fixed: () => <FixedPage />,
  keyed: () => <KeyedPage initial={initial} />,
  late: () => (
    <Suspense fallback={<p id="waiting">waiting</p>}>
      <App initial={coming()} />
    </Suspense>
  ),
  leaving: () => <LeavingPage initial={initial} />,
  login: () => <LoginPage {...(initial && { initial })} />,
  memoised: () => <MemoisedPage initial={initial} />,
  shown: () => <ShownPage initial={initial} />,
  stored: () => <StoredPage visitor={asked.get("visitor") ?? undefined} />,
  suspending: () => <SuspendingPage />,
  torn: () => <TornPage initial={initial} />,
  waiting: () => <WaitingPage />,
};

const asked = new URLSearchParams(location.search);
const name = document.body.dataset["page"] ?? "";
if (name === "streamed") {
  hydrateRoot(document, <StreamedPage initial={coming()} scope={forbidden} />);
} else {
  const page = pages[name]?.();
  const shown = asked.has("loose") ? page : <StrictMode>{page}</StrictMode>;
  if (root.hasChildNodes()) hydrateRoot(root, shown);
  else createRoot(root, { onCaughtError: () => {} }).render(shown);
}
