import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { listTeam } from "../../tools/tree/add-team";
import { renderTree } from "../../tools/tree/render";
import type { Checkout } from "./checkout";
import { clusterOf } from "./tree";

/**
 * What the tests of the program know of the tree's layout: where its files are, and the changes that a user makes in
 * it. Each change gives a function that puts the file back.
 */

export const podinfoDeployment = "gitops/systems/podinfo/deployment.yaml";
export const podinfoServiceAccount = "gitops/systems/podinfo/service-account.yaml";
export const traefikRelease = "gitops/systems/traefik/release.yaml";
/** A manifest that Flux would apply if it were there. */
export const newManifest = "gitops/clusters/staging/new.yaml";
export const publicKey = "gitops/clusters/staging/.sops.pub.asc";
/** Encrypted files, as messages name them below gitops. */
export const podinfoCredentials = "clusters/staging/podinfo-credentials.sops.yaml";
/** What the tool for Secrets calls the first of them. */
export const podinfoCredentialsName = "podinfo-credentials";
export const pgpCanary = "clusters/staging/decryption-canary-pgp.sops.yaml";
export const keyVaultCanary = "clusters/staging/decryption-canary-key-vault.sops.yaml";

/**
 * A Secret of staging that a layer applies: its file, the list that names the file, and how the tool for Secrets sets
 * it.
 */
export function stagingSecret(layer: string, name: string, namespace: string) {
    return {
        file: `gitops/clusters/staging/${name}.sops.yaml`,
        list: `gitops/clusters/staging/${layer}/kustomization.yaml`,
        set: (key: string) => ["set", "staging", name, key, "--layer", layer, "--namespace", namespace],
    };
}

const listOf = (environment: string) => `gitops/clusters/${environment}/kustomization.yaml`;
const layerList = listOf("staging");

interface FolderKustomization {
    resources: string[];
    patches?: { path?: string }[];
}

/** The names of the layers that staging runs, in the order of the list. */
export function listedLayers(checkout: Checkout): string[] {
    const { resources } = parse(checkout.read(layerList)) as FolderKustomization;
    return resources.map((file) => path.basename(file, ".yaml"));
}

/** Leaves some layers in the list. */
export function keepLayers(checkout: Checkout, names: readonly string[], environment = "staging"): () => void {
    return checkout.edit(listOf(environment), (text) => {
        const kustomization = parse(text) as FolderKustomization;
        return stringify({ ...kustomization, resources: names.map((name) => `../base/${name}.yaml`) });
    });
}

/** A layer as the root applies it: its Flux Kustomization, and the generator of its artifact. */
export async function layerManifest(
    checkout: Checkout,
    name: string,
    variables: Readonly<Record<string, string>>,
): Promise<string> {
    const meshes = [variables.service_mesh ?? ""];
    const tree = await renderTree(checkout.path("gitops"), { environments: ["staging"], meshes, variables });
    const layer = clusterOf(tree, "staging").layers.find((candidate) => candidate.name === name);
    assert.ok(layer, `the tree has no layer ${name}`);
    const { kustomization, generator } = layer;
    return [kustomization, ...(generator ? [generator] : [])].map(({ object }) => stringify(object)).join("---\n");
}

/**
 * Patches a field of layer `apps` that is not there, so that kustomize cannot build it: only building a layer shows
 * that, so the program commits it.
 */
export function breakApps(checkout: Checkout): () => void {
    const patch = `'[{"op": "remove", "path": "/spec/noSuchField"}]'`;
    return checkout.edit("gitops/layers/apps/kustomization.yaml", (text) =>
        text.replace("patches:\n", `patches:\n  - { target: { kind: Deployment, name: podinfo }, patch: ${patch} }\n`),
    );
}

/** Lists teams as tenants of staging. */
export function listTeams(checkout: Checkout, ...names: string[]): () => void {
    const before = checkout.read(layerList);
    names.forEach((name) => listTeam(checkout.path("gitops"), "staging", name));
    return () => fs.writeFileSync(checkout.path(layerList), before);
}

/** Takes the line that leads to a system out of its layer. */
export function removeSystem(checkout: Checkout, layer: string, system: string): void {
    checkout.edit(`gitops/layers/${layer}/kustomization.yaml`, (text) => text.replace(lineOf(`systems/${system}`), ""));
}

/** Takes the line that leads to a layer out of staging. */
export function removeLayer(checkout: Checkout, layer: string): void {
    checkout.edit(layerList, (text) => text.replace(lineOf(`base/${layer}.yaml`), ""));
}

/** The line of a list that ends with a path. */
function lineOf(file: string): RegExp {
    return new RegExp(`^ +- \\S*/${file}\n`, "m");
}
