import { randomBytes } from "node:crypto";
import type { Child } from "../children";
import type { Cluster } from "./types";

export function instancesOf({ spec }: Cluster): number {
    return spec.instances;
}

export function instanceName({ metadata }: Cluster, serial: number): string {
    return `${metadata.name}-${serial}`;
}

/** The Secret that an application connects with; the password is made once. */
export function appSecret({ metadata, spec }: Cluster): Child {
    const { name, namespace } = metadata;
    const { database = "app", owner = "app" } = spec.bootstrap?.initdb ?? spec.bootstrap?.recovery ?? {};
    const password = randomBytes(24).toString("base64url");
    const host = `${name}-rw`;
    const uri = (at: string) => `postgresql://${owner}:${password}@${at}:5432/${database}`;
    return {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: `${name}-app`, labels: { "cnpg.io/cluster": name, "cnpg.io/userType": "app" } },
        type: "kubernetes.io/basic-auth",
        stringData: {
            ...{ username: owner, user: owner, password, dbname: database, host, port: "5432" },
            uri: uri(`${host}.${namespace}`),
            "fqdn-uri": uri(`${host}.${namespace}.svc.cluster.local`),
            "jdbc-uri": `jdbc:postgresql://${host}.${namespace}:5432/${database}?password=${password}&user=${owner}`,
            pgpass: `${host}:5432:${database}:${owner}:${password}\n`,
        },
    };
}

/** None when the cluster names one that somebody else makes. */
export function serviceAccount({ metadata, spec }: Cluster): Child[] {
    const { annotations, labels } = spec.serviceAccountTemplate?.metadata ?? {};
    const own = { name: metadata.name, annotations, labels };
    return spec.serviceAccountName ? [] : [{ apiVersion: "v1", kind: "ServiceAccount", metadata: own }];
}

/** For writing, for reading from standbys, and for reading from any. */
export function services({ metadata }: Cluster): Child[] {
    const { name } = metadata;
    const service = (suffix: string, selector: object): Child => ({
        ...{ apiVersion: "v1", kind: "Service" },
        metadata: { name: `${name}-${suffix}`, labels: { "cnpg.io/cluster": name } },
        spec: {
            selector: { "cnpg.io/cluster": name, ...selector },
            ports: [{ name: "postgres", port: 5432, targetPort: 5432, protocol: "TCP" }],
        },
    });
    return [
        service("rw", { "cnpg.io/instanceRole": "primary" }),
        service("ro", { "cnpg.io/instanceRole": "replica" }),
        service("r", { "cnpg.io/podRole": "instance" }),
    ];
}

export function instanceVolume(cluster: Cluster, serial: number): Child {
    const { size = "1Gi", storageClass } = cluster.spec.storage ?? {};
    return {
        ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
        metadata: {
            name: instanceName(cluster, serial),
            labels: { ...labelsOf(cluster, serial), "cnpg.io/pvcRole": "PG_DATA" },
        },
        spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: size } },
            ...(storageClass && { storageClassName: storageClass }),
        },
    };
}

export function instancePod(cluster: Cluster, serial: number): Child {
    const { spec, metadata } = cluster;
    const { priorityClassName, topologySpreadConstraints, resources } = spec;
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    return {
        ...{ apiVersion: "v1", kind: "Pod" },
        metadata: {
            name: instanceName(cluster, serial),
            labels: {
                ...labelsOf(cluster, serial),
                "cnpg.io/podRole": "instance",
                "cnpg.io/instanceRole": serial === 1 ? "primary" : "replica",
            },
            annotations: spec.inheritedMetadata?.annotations,
        },
        spec: {
            ...{ priorityClassName, topologySpreadConstraints },
            serviceAccountName: spec.serviceAccountName ?? metadata.name,
            securityContext: { runAsNonRoot: true, runAsUser: 26, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
                {
                    name: "postgres",
                    // The operator's own default, where the cluster leaves it open.
                    image: spec.imageName ?? "ghcr.io/cloudnative-pg/postgresql",
                    ...{ resources, securityContext },
                    ports: [
                        { name: "postgresql", containerPort: 5432 },
                        { name: "metrics", containerPort: 9187 },
                        { name: "status", containerPort: 8000 },
                    ],
                    volumeMounts: [{ name: "pgdata", mountPath: "/var/lib/postgresql/data" }],
                },
            ],
            volumes: [{ name: "pgdata", persistentVolumeClaim: { claimName: instanceName(cluster, serial) } }],
        },
    };
}

function labelsOf(cluster: Cluster, serial: number): Record<string, string> {
    return {
        ...cluster.spec.inheritedMetadata?.labels,
        "cnpg.io/cluster": cluster.metadata.name,
        "cnpg.io/instanceName": instanceName(cluster, serial),
    };
}
