/** The namespace that Flux and everything that it reads of the platform is in. */
export const fluxNamespace = "flux-system";

/** The name that the root GitRepository and the root Kustomization share. */
export const rootName = "flux-system";

/** The ConfigMap that every layer substitutes variables from. */
export const clusterVarsName = "cluster-vars";

/** The layer, and its folder in the tree, that holds one Secret for each kind of key and nothing else. */
export const decryptionCheckLayer = "canary";

/** The shard of Flux's controllers that reconciles what teams make: the value of label `sharding.fluxcd.io/key`. */
export const tenantShard = "tenants";
