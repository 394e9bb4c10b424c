import type { Finding } from "../finding";
import { list, textAt } from "../object";
import {
    type Cluster,
    everyManifest,
    everyOfKind,
    findingAt,
    hasAllMeshes,
    type Manifest,
    ofKind,
    type Tree,
} from "../tree";

const kinds = ["GitRepository", "OCIRepository", "HelmRepository", "Bucket", "ImageRepository"];
const policyName = "source-addresses";

/**
 * Every source of the platform's is at an address that the policy of that name allows, those of systems that nobody
 * lists among them, and the policy allows none that nothing is at. What teams may name is another policy's.
 */
export function sourceAddresses(tree: Tree): readonly Finding[] {
    const { clusters } = tree;
    const used = clusters.flatMap((cluster) => sourcesOf(cluster).map(({ address }) => address));
    return clusters.flatMap((cluster) => {
        const policy = everyOfKind(cluster, "ValidatingAdmissionPolicy").find(
            ({ object }) => object.metadata.name === policyName,
        );
        const allowed = addressesIn(policy, "allowed");
        const all = [...allowed, ...addressesIn(policy, "own")];
        const foreign = sourcesOf(cluster)
            .filter(({ address }) => !all.some((prefix) => isBelow(address, prefix)))
            .map(({ manifest, path, address }) => {
                const fix = `add '${address}' to variable allowed of policies/source-addresses.yaml, after a look at who publishes there`;
                return findingAt(manifest, path, `is at ${address}, which ${policyName} does not allow`, fix);
            });
        if (!policy || !hasAllMeshes(tree)) {
            return foreign;
        }
        const idle = allowed
            .filter((prefix) => !used.some((address) => isBelow(address, prefix)))
            .map((prefix) => {
                const problem = `allows ${prefix}, where no source is`;
                return findingAt(policy, "spec.variables", problem, "take the address away");
            });
        return [...foreign, ...idle];
    });
}

/** The addresses in a list of the policy. */
function addressesIn(policy: Manifest | undefined, name: string): readonly string[] {
    const variable = list(policy?.object, "spec.variables").find((each) => textAt(each, "name") === name);
    return [...(textAt(variable, "expression") ?? "").matchAll(/'([^']+)'/g)].map(([, address = ""]) => address);
}

function sourcesOf(cluster: Cluster): readonly { manifest: Manifest; path: string; address: string }[] {
    return ofKind(everyManifest(cluster), ...kinds)
        .filter(({ layer }) => layer !== "tenants")
        .map((manifest) => {
            const path =
                ["spec.url", "spec.endpoint", "spec.image"].find((each) => textAt(manifest.object, each)) ?? "spec";
            const written = textAt(manifest.object, path) ?? "nothing";
            return { manifest, path, address: path === "spec.image" ? `oci://${written}` : written };
        });
}

/** As the policy compares: the address itself, or a path below it. */
function isBelow(address: string, prefix: string): boolean {
    return address === prefix || address.startsWith(`${prefix}/`);
}
