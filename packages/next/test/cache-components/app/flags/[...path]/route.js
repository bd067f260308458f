import { shop } from "../../../flags.js";

export const { GET, POST } = shop.route;
