import { defineFlags } from "@burgee/core";

export const secret = "a secret of more than 32 characters";

/** The flags that browsers may have. */
export const client = defineFlags({
  colour: { default: "red", variants: ["red", "green", "blue"] },
  font: { default: false },
});

/** The flags of a shop with static pages. */
export const definitions = {
  ...client,
  ...defineFlags({
    header: { default: false },
    size: { default: "small", variants: { small: 10, large: 50 } },
    admin: { default: false, kind: "permission" },
  }),
};
