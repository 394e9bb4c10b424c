import { bootstrap } from "./measure/bootstrap";
import { delivery } from "./measure/delivery";
import { files } from "./measure/files";
import { noChange } from "./measure/no-change";
import { rebuild } from "./measure/rebuild";
import type { Measurement } from "./measurement";

/**
 * All parts, in the order in which they run: the platform is the same until the rebuild takes it down, and the
 * bootstrap leaves it without its Flux.
 */
export const measurements: readonly Measurement[] = [files, noChange, delivery, rebuild, bootstrap];
