import { createOfrepClient } from "@burgee/ofrep/client";
import { BurgeeWebProvider } from "@burgee/openfeature/web";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import {
  OpenFeature,
  OpenFeatureProvider,
  type Provider,
  useContextMutator,
  useFlag,
  useStringFlagValue,
} from "@openfeature/react-sdk";
import { createRoot } from "react-dom/client";

/** Everything a test drives from outside. */
export interface PageGlobals {
  readonly OpenFeature: typeof OpenFeature;
  readonly createOfrepClient: typeof createOfrepClient;
  readonly BurgeeWebProvider: typeof BurgeeWebProvider;
}

const page: PageGlobals = { OpenFeature, createOfrepClient, BurgeeWebProvider };
Object.assign(globalThis, { page });

function Shop() {
  const greeting = useStringFlagValue("string", "?");
  const { value: isForStaff } = useFlag("boolean-for-staff", true);
  const { setContext } = useContextMutator();
  return (
    <main>
      <p id="greeting">{greeting}</p>
      <p id="staff">{isForStaff ? "guest" : "staff"}</p>
      <button type="button" onClick={() => setContext({ email: "ada@burgee.example" })}>
        log in
      </button>
    </main>
  );
}

const providers: Readonly<Record<string, () => Provider>> = {
  burgee: () => new BurgeeWebProvider(createOfrepClient({ url: "/flags" })),
  ofrep() {
    const baseUrl = `${location.origin}/flags`;
    return new OFREPWebProvider({ baseUrl, cacheMode: "disabled" }) as Provider;
  },
};

const create = providers[new URLSearchParams(location.search).get("react") ?? "none"];
if (create !== undefined) {
  OpenFeature.setProvider(create());
  createRoot(document.getElementById("root") as HTMLElement).render(
    <OpenFeatureProvider>
      <Shop />
    </OpenFeatureProvider>,
  );
}
