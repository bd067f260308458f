import { Flag, FlagBoundary, FlagsProvider, payloadStorage } from "@burgee/react";
import { clientFlags } from "../client-flags.js";
import { Advice } from "./advice.js";
import { LogIn } from "./log-in.js";
import { Teas } from "./teas.js";

const storage = payloadStorage(() => localStorage, clientFlags);

/** The shop, under its visitor's flags: the last ones this browser had, until the server answers. */
export function App() {
  return (
    <FlagsProvider flags={clientFlags} url="/flags" storage={storage}>
      <h1>The tea shop</h1>
      <LogIn />
      <Teas />
      <FlagBoundary fallback={<p>Our advice is out for tea.</p>}>
        <Flag name="brewing-advice" fallback={<p>Members learn how to brew.</p>}>
          <Advice />
        </Flag>
      </FlagBoundary>
    </FlagsProvider>
  );
}
