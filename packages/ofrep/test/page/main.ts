import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature, type Provider, ProviderEvents } from "@openfeature/web-sdk";

/** A page of somebody else's client: what it reads, and how often the client has told of a change. */
const client = OpenFeature.getClient();
let changes = 0;

function show(): void {
  document.body.textContent = `${client.getStringValue("ranking", "none")} ${changes}`;
}

client.addHandler(ProviderEvents.Ready, show);
client.addHandler(ProviderEvents.ConfigurationChanged, () => {
  changes++;
  show();
});

const baseUrl = `${location.origin}/flags`;
const provider = new OFREPWebProvider({ baseUrl, cacheMode: "disabled" });
OpenFeature.setProvider(provider as Provider, { targetingKey: "ada" });
