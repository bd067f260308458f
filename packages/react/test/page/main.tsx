import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App, renders } from "./app.js";

const root = document.getElementById("root") as HTMLElement;
const payload = document.getElementById("payload");
const initial = payload === null ? {} : { initial: JSON.parse(payload.textContent) };
const app = (
  <StrictMode>
    <App {...initial} />
  </StrictMode>
);

Object.assign(globalThis, { renders });
if (payload === null) createRoot(root).render(app);
else hydrateRoot(root, app);
