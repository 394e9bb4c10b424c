import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "./stage";
import { expiredAuthority } from "@landfall/sandbox/testing";

const patienceMinutes = 5;

/** Puts an anchor that has ended in the place of Linkerd's, of the same key, and waits until the mesh trusts it. */
export async function expireAuthority(stage: Stage): Promise<void> {
    const anchor = ["linkerd-trust-anchor", "cert-manager"] as const;
    const key = await secret(stage, anchor, "tls.key");
    const expired = await expiredAuthority("root.linkerd.cluster.local", key);
    await patch(stage, anchor, { "tls.crt": expired, "ca.crt": expired });
    await patch(stage, ["linkerd-trust-roots", "flux-system"], { "ca.crt": expired });
    await until(stage, "trust the anchor that has ended", (trusted) => trusted.trim() === expired.trim());
}

/** Waits until the mesh trusts what cert-manager's anchor is now. @throws Error if that has ended, or is another's. */
export async function requireAuthority(stage: Stage): Promise<void> {
    const anchor = await secret(stage, ["linkerd-trust-anchor", "cert-manager"], "tls.crt");
    const issuer = await secret(stage, ["linkerd-identity-issuer", "linkerd"], "tls.crt");
    if (new Date(new X509Certificate(anchor).validTo) < new Date()) {
        throw new Error("the anchor has ended");
    }
    if (!new X509Certificate(issuer).verify(new X509Certificate(anchor).publicKey)) {
        throw new Error("the anchor has not signed linkerd-identity's certificate");
    }
    await until(stage, "trust the new anchor", (trusted) => trusted.trim() === anchor.trim());
}

async function until(stage: Stage, what: string, isSo: (trusted: string) => boolean): Promise<void> {
    const roots = ["get", "configmap", "linkerd-identity-trust-roots", "--namespace", "linkerd", "--output"];
    for (const deadline = Date.now() + patienceMinutes * 60_000; ; await sleep(1000)) {
        if (isSo(await stage.kubectl(...roots, "jsonpath={.data.ca-bundle\\.crt}"))) {
            return;
        }
        if (Date.now() > deadline) {
            throw new Error(`the mesh does not ${what} after ${patienceMinutes} minutes`);
        }
    }
}

type Place = readonly [name: string, namespace: string];

async function secret(stage: Stage, [name, namespace]: Place, key: string): Promise<string> {
    const path = `jsonpath={.data.${key.replace(".", "\\.")}}`;
    const value = await stage.kubectl("get", "secret", name, "--namespace", namespace, "--output", path);
    return Buffer.from(value, "base64").toString("utf8");
}

async function patch(stage: Stage, [name, namespace]: Place, stringData: object): Promise<void> {
    const change = JSON.stringify({ stringData });
    await stage.kubectl("patch", "secret", name, "--namespace", namespace, "--type", "merge", "--patch", change);
}
