import * as path from "node:path";

export { type ChartDefinition, readDefinitions } from "./charts/definition";
export { type Signer, signerOf } from "./charts/signer";
export { factOf, type ManifestObject } from "./charts/fact";
export { type Fact, factKey, factsIn, readRendered, type RenderedFacts } from "./charts/rendered";
export { manifestOf } from "./charts/stand-in/manifest";
export { metadataOf, standInFiles } from "./charts/stand-in/files";
export { refusedValues } from "./charts/values-check";
export { type PublishedImage, readImages } from "./images/image";
export { readRepositories, type RepositoryDefinition } from "./repositories/repository";
export { repositoryFiles } from "./repositories/stand-in";

/** One folder a chart. */
export const chartsFolder = path.join(__dirname, "charts");
/** One file a repository of another project, from which the tree takes definitions. */
export const repositoriesFolder = path.join(__dirname, "repositories");
/** One file an image of others whose tags Flux reads. */
export const imagesFolder = path.join(__dirname, "images");
/** JSON schemas of the kinds that the charts and repositories define: `<group>/<kind>_<version>.json`. */
export const chartSchemasFolder = path.join(__dirname, "schemas/charts");
/** JSON schemas of Flux's kinds, in the same form. */
export const fluxSchemasFolder = path.join(__dirname, "schemas/flux");
/** JSON schemas of the built-in kinds: `<kind>-<group>-<version>.json`. */
export const kubernetesSchemasFolder = path.join(__dirname, "schemas/kubernetes-1.36");
