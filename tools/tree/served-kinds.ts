import * as fs from "node:fs";
import { groupVersion } from "./object";
import { fluxSchemasFolder } from "@landfall/facts";

/** Groups whose kinds the Flux Operator brings, which the program installs before Flux. */
const operator = "fluxcd.controlplane.io";

let fluxKinds: ReadonlySet<string> | undefined;

/** Flux's kinds, as `<group>/<kind in lower case>_<version>`, of the Flux that packages/facts/schemas/flux is of. */
export function servedFluxKinds(): ReadonlySet<string> {
    fluxKinds ??= new Set(
        fs
            .readdirSync(fluxSchemasFolder, { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".json"))
            .map((file) => file.replace(/\.json$/, "")),
    );
    return fluxKinds;
}

/** Built-in kinds by group and version, with the Kubernetes minor of 1.x that serves them first. */
const builtIn: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    v1: {
        ConfigMap: 0,
        Endpoints: 0,
        LimitRange: 0,
        Namespace: 0,
        PersistentVolume: 0,
        PersistentVolumeClaim: 0,
        Pod: 0,
        ResourceQuota: 0,
        Secret: 0,
        Service: 0,
        ServiceAccount: 0,
    },
    "apiextensions.k8s.io/v1": { CustomResourceDefinition: 16 },
    "apiregistration.k8s.io/v1": { APIService: 10 },
    "apps/v1": { DaemonSet: 9, Deployment: 9, StatefulSet: 9 },
    "autoscaling/v2": { HorizontalPodAutoscaler: 23 },
    "batch/v1": { CronJob: 21, Job: 2 },
    "networking.k8s.io/v1": { Ingress: 19, IngressClass: 19, NetworkPolicy: 7 },
    "policy/v1": { PodDisruptionBudget: 21 },
    "rbac.authorization.k8s.io/v1": { ClusterRole: 8, ClusterRoleBinding: 8, Role: 8, RoleBinding: 8 },
    "scheduling.k8s.io/v1": { PriorityClass: 14 },
    "storage.k8s.io/v1": { StorageClass: 6, VolumeAttributesClass: 34 },
    // Of the snapshot controller, which AKS runs.
    "snapshot.storage.k8s.io/v1": { VolumeSnapshotClass: 20 },
    // Of the Secrets Store driver, an add-on of AKS that the program switches on.
    "secrets-store.csi.x-k8s.io/v1": { SecretProviderClass: 20 },
    "admissionregistration.k8s.io/v1": {
        MutatingAdmissionPolicy: 36,
        MutatingAdmissionPolicyBinding: 36,
        MutatingWebhookConfiguration: 16,
        ValidatingAdmissionPolicy: 30,
        ValidatingAdmissionPolicyBinding: 30,
        ValidatingWebhookConfiguration: 16,
    },
};

/** The minor of Kubernetes 1.x that first serves a built-in kind, by what is known here. */
export function servedSince({ apiVersion, kind }: { apiVersion: string; kind: string }): number | undefined {
    return builtIn[apiVersion]?.[kind];
}

/** The versions of a group that have a built-in kind. */
export function builtInVersions(group: string, kind: string): readonly string[] {
    return Object.keys(builtIn).filter(
        (apiVersion) => groupVersion({ apiVersion }).group === group && builtIn[apiVersion]?.[kind] !== undefined,
    );
}

/** Whether a group is one of Kubernetes's own. */
export function isBuiltInGroup(group: string): boolean {
    return Object.keys(builtIn).some((apiVersion) => groupVersion({ apiVersion }).group === group);
}

/** Whether a group is Flux's, whose kinds are there before the first layer. */
export function isFluxGroup(group: string): boolean {
    return group.endsWith(".toolkit.fluxcd.io") || group === operator;
}

/** Whether a kind needs no layer to define it. */
export function isAlwaysServed(object: { apiVersion: string; kind: string }): boolean {
    const { group } = groupVersion(object);
    return isBuiltInGroup(group) || isFluxGroup(group);
}
