/** The namespace that Flux and everything that it reads of the platform is in. */
export const fluxNamespace = "flux-system";

/** The name that the root GitRepository and the root Kustomization share. */
export const rootName = "flux-system";

/** The ConfigMap that every layer substitutes variables from. */
export const clusterVarsName = "cluster-vars";

/** The Secret of the tree that some layers substitute variables from as well. */
export const secretVarsName = "secret-vars";

/** The layer, and its folder in the tree, that holds one Secret for each kind of key, and `secret-vars`. */
export const decryptionCheckLayer = "canary";

/** The shard of Flux's controllers that reconciles what teams make: the value of label `sharding.fluxcd.io/key`. */
export const tenantShard = "tenants";
