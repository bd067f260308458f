import type {
  ClientFlagKey,
  Definitions,
  RegisteredClientDefinitions,
  ValueOf,
} from "@burgee/core";
import type { FlagAnswer, FlagPayload } from "@burgee/ofrep/client";

/** The value of a registered client flag. */
export type ClientFlagValue<Key extends ClientFlagKey> = ValueOf<RegisteredClientDefinitions[Key]>;

/** Values of registered client flags, by their keys. */
export type ClientFlagValues = {
  readonly [Key in ClientFlagKey]?: ClientFlagValue<Key>;
};

const onOff = { on: true, off: false };

/** A payload with these values, and the variants that have them. */
export function payloadOfValues(values: ClientFlagValues, definitions: Definitions): FlagPayload {
  const flags = Object.entries(values).map(([key, value]): FlagAnswer => {
    const variants: Readonly<Record<string, unknown>> = definitions[key]?.variants ?? onOff;
    const variant = Object.keys(variants).find((name) => variants[name] === value) ?? String(value);
    return { key, value: value as FlagAnswer["value"], variant, reason: "STATIC" };
  });
  return { flags };
}
