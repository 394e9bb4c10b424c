import * as path from "node:path";

export { type ChartDefinition, type CustomKind, type CustomKinds, readDefinitions } from "./charts/definition";
export { refusedValues } from "./charts/values-check";

/** One folder a chart. */
export const chartsFolder = path.join(__dirname, "charts");
/** JSON schemas of the kinds that the charts define: `<group>/<kind>_<version>.json`. */
export const chartSchemasFolder = path.join(__dirname, "schemas/charts");
/** JSON schemas of Flux's kinds, in the same form. */
export const fluxSchemasFolder = path.join(__dirname, "schemas/flux");
/** JSON schemas of the built-in kinds: `<kind>-<group>-<version>.json`. */
export const kubernetesSchemasFolder = path.join(__dirname, "schemas/kubernetes-1.36");
