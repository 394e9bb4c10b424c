import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { sendToArm } from "../../../components/azure/arm-request";
import { canaryFile } from "../../../components/gitops/encryption/sops-recipients";
import { decryptionCheckLayer, fluxNamespace } from "../../../components/gitops/flux-names";
import { listResource, offered } from "../../secret/secret-file";
import { accessToken } from "../../status/read/azure";
import type { Breaker, Broken } from "./breaking";
import { readState, SandboxError } from "@landfall/sandbox";

const credentialVersion = "2023-01-31";

/**
 * The identity with which Flux decrypts from Key Vault loses its federated credential. A Secret that Key Vault alone
 * decrypts comes first, as the stack's own key makes one: what is encrypted to the PGP key too is read all the same.
 */
export const identity: Breaker = {
    done: "Somebody deleted the federated credential of the identity that decrypts with the Key Vault key.",
    layer: decryptionCheckLayer,
    async act(broken) {
        addCanary(broken);
        const credential = readState(broken.directory, broken.stack).find(({ urn }) =>
            urn.includes(":FederatedIdentityCredential::landfall-kustomize-controller-"),
        );
        if (credential?.id === undefined) {
            throw new SandboxError(`stack ${broken.stack} has no federated credential; npm start first`);
        }
        const address = `${credential.id}?api-version=${credentialVersion}`;
        const { status } = await sendToArm(await accessToken(), "DELETE", address, undefined);
        if (status !== 200 && status !== 204) {
            throw new SandboxError(`Azure does not delete ${credential.id}: HTTP ${status}`);
        }
    },
};

function addCanary({ commits, environment, run }: Broken): void {
    const file = canaryFile(environment, "key-vault");
    const key = run("pulumi", "stack", "output", "keyVaultKey").trim();
    commits.commit("Add a Secret that Key Vault decrypts", (clone) => {
        const full = path.join(clone, file);
        if (fs.existsSync(full)) {
            return;
        }
        const metadata = offered("decryption-canary-key-vault", fluxNamespace);
        const stringData = { decrypted: "yes" };
        fs.writeFileSync(full, stringify({ apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData }));
        run("sops", "encrypt", "--in-place", "--azure-kv", key, "--encrypted-regex", "^(data|stringData)$", full);
        listResource(clone, file, decryptionCheckLayer, true);
    });
}
