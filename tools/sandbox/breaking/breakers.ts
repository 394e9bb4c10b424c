import type { Breaker } from "./breaking";
import { chart } from "./chart";
import { identity } from "./identity";
import { key } from "./key";

/** What `npm run sandbox -- break` knows to break, by its name. */
export const breakers: Readonly<Record<string, Breaker>> = { identity, key, chart };
