import { shop } from "../../../flags";

/** Where browsers have their flags from, live. */
export const { GET, POST } = shop.route;
