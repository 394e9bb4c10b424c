import { delivery } from "./measure/delivery";
import { files } from "./measure/files";
import { noChange } from "./measure/no-change";
import type { Measurement } from "./measurement";

/** All parts, in the order in which they run: the world is used before the platform is in it. */
export const measurements: readonly Measurement[] = [files, noChange, delivery];
