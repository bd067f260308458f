import { FIRST_FLAG } from "./framework.js";

/** The document that decides the flag that an application begins with: it is off for everybody. */
export const flagsDocument = `{
  "$schema": "https://flagd.dev/schema/v0/flags.json",
  "flags": {
    ${JSON.stringify(FIRST_FLAG)}: {
      "state": "ENABLED",
      "variants": { "on": true, "off": false },
      "defaultVariant": "off"
    }
  }
}
`;
