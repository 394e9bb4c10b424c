import { workload } from "@landfall/sandbox/testing";

const labels = { test: "yes" };
/** What is backed up and comes back. */
export const app = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "app" } },
    {
        ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "app", labels } },
        data: { colour: "blue" },
    },
    {
        ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace: "app", labels } },
        stringData: { password: "of the app" },
    },
    { ...workload("web", "registry.example/web:1"), metadata: { name: "web", namespace: "app", labels } },
];

const claimSpec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
const { apiVersion, kind, spec: podSpec } = { ...workload("store", "registry.example/store:1"), kind: "StatefulSet" };
/** A workload that makes the claim of its volume. */
export const store = {
    ...{ apiVersion: "v1", kind: "List" },
    items: [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "stores" } },
        {
            ...{ apiVersion, kind, metadata: { name: "store", namespace: "stores" } },
            spec: {
                ...podSpec,
                ...{ replicas: 1, serviceName: "store" },
                volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claimSpec }],
            },
        },
    ],
};
/** A claim that no backup has. */
export const other = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "other" }, spec: claimSpec };
/** A backup of which nothing is in the container. */
export const backupOf = (name: string) => ({
    ...{ apiVersion: "velero.io/v1", kind: "Backup", metadata: { name, namespace: "velero" } },
    ...{ spec: { storageLocation: "default" }, status: { phase: "Completed" } },
});

const settings = { metadata: { name: "settings", namespace: "valkey" }, data: { colour: "blue" } };
/** What the tree's test compares. */
export const kept = {
    ...{ apiVersion: "v1", kind: "List" },
    items: [
        { apiVersion: "v1", kind: "ConfigMap", ...settings },
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "left-out", namespace: "valkey" } },
        {
            ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "valkey" } },
            spec: claimSpec,
        },
    ],
};
