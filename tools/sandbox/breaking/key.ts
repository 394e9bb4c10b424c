import { decryptionCheckLayer, fluxNamespace } from "../../../components/gitops/flux-names";
import type { Breaker } from "./breaking";

/** The cluster loses the PGP key that decrypts the tree. */
export const key: Breaker = {
    done: `Somebody deleted Secret ${fluxNamespace}/sops-gpg, the PGP key that decrypts the tree.`,
    layer: decryptionCheckLayer,
    act({ run }) {
        run("kubectl", "delete", "secret", "--namespace", fluxNamespace, "sops-gpg", "--ignore-not-found");
        return Promise.resolve();
    },
};
