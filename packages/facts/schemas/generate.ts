import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Writes strict JSON schemas of the built-in kinds that the tree uses, from the OpenAPI v3 files of a Kubernetes
 * release:
 *
 *     npx tsx packages/facts/schemas/generate.ts <folder of k8s.io/kubernetes>/api/openapi-spec/v3
 *
 * Strict means what the API server rejects under strict field validation: a field that the kind does not have.
 */

type Schema = Record<string, unknown>;

/** Where each kind is described, and the name of its definition. Add a line for a kind that the tree begins to use. */
const kinds: readonly { file: string; definition: string }[] = [
    { file: "api__v1", definition: "io.k8s.api.core.v1.ConfigMap" },
    { file: "api__v1", definition: "io.k8s.api.core.v1.LimitRange" },
    { file: "api__v1", definition: "io.k8s.api.core.v1.Namespace" },
    { file: "api__v1", definition: "io.k8s.api.core.v1.PersistentVolumeClaim" },
    { file: "api__v1", definition: "io.k8s.api.core.v1.Pod" },
    { file: "api__v1", definition: "io.k8s.api.core.v1.ResourceQuota" },
    { file: "api__v1", definition: "io.k8s.api.core.v1.Secret" },
    { file: "api__v1", definition: "io.k8s.api.core.v1.Service" },
    { file: "api__v1", definition: "io.k8s.api.core.v1.ServiceAccount" },
    {
        file: "apis__admissionregistration.k8s.io__v1",
        definition: "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy",
    },
    {
        file: "apis__admissionregistration.k8s.io__v1",
        definition: "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding",
    },
    { file: "apis__apps__v1", definition: "io.k8s.api.apps.v1.DaemonSet" },
    { file: "apis__apps__v1", definition: "io.k8s.api.apps.v1.Deployment" },
    { file: "apis__apps__v1", definition: "io.k8s.api.apps.v1.StatefulSet" },
    { file: "apis__autoscaling__v2", definition: "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler" },
    { file: "apis__batch__v1", definition: "io.k8s.api.batch.v1.CronJob" },
    { file: "apis__batch__v1", definition: "io.k8s.api.batch.v1.Job" },
    { file: "apis__networking.k8s.io__v1", definition: "io.k8s.api.networking.v1.Ingress" },
    { file: "apis__networking.k8s.io__v1", definition: "io.k8s.api.networking.v1.IngressClass" },
    { file: "apis__networking.k8s.io__v1", definition: "io.k8s.api.networking.v1.NetworkPolicy" },
    { file: "apis__policy__v1", definition: "io.k8s.api.policy.v1.PodDisruptionBudget" },
    { file: "apis__rbac.authorization.k8s.io__v1", definition: "io.k8s.api.rbac.v1.ClusterRole" },
    { file: "apis__rbac.authorization.k8s.io__v1", definition: "io.k8s.api.rbac.v1.ClusterRoleBinding" },
    { file: "apis__rbac.authorization.k8s.io__v1", definition: "io.k8s.api.rbac.v1.Role" },
    { file: "apis__rbac.authorization.k8s.io__v1", definition: "io.k8s.api.rbac.v1.RoleBinding" },
    { file: "apis__scheduling.k8s.io__v1", definition: "io.k8s.api.scheduling.v1.PriorityClass" },
    { file: "apis__storage.k8s.io__v1", definition: "io.k8s.api.storage.v1.StorageClass" },
];

const reference = "#/components/schemas/";

/** Keywords that say nothing about what is valid. */
const annotations = new Set(["description", "default", "format"]);

function main(specification: string | undefined): void {
    if (specification === undefined) {
        throw new Error("name the folder that holds api__v1_openapi.json");
    }
    const folder = resolve(__dirname, "kubernetes-1.36");
    mkdirSync(folder, { recursive: true });
    for (const { file, definition } of kinds) {
        const text = readFileSync(join(specification, `${file}_openapi.json`), "utf8");
        const { components } = JSON.parse(text) as { components: { schemas: Record<string, Schema> } };
        const schema = buildSchema(components.schemas, definition);
        writeFileSync(join(folder, fileName(file, definition)), `${JSON.stringify(schema)}\n`);
    }
}

/**
 * The name that kubeconform looks for: `deployment-apps-v1.json`, `secret-v1.json`; of a group, only its first word.
 */
function fileName(file: string, definition: string): string {
    const kind = definition.split(".").at(-1)?.toLowerCase();
    const [, group, version] = file.split("__");
    return version === undefined ? `${kind}-${group}.json` : `${kind}-${group?.split(".")[0]}-${version}.json`;
}

/** The schema of one kind with every definition that it needs, and with its apiVersion, kind and metadata required. */
function buildSchema(schemas: Record<string, Schema>, root: string): Schema {
    const definitions: Record<string, Schema> = {};
    const collect = (name: string) => {
        if (definitions[name]) {
            return;
        }
        const source = schemas[name];
        if (!source) {
            throw new Error(`the specification has no definition ${name}`);
        }
        definitions[name] = strict(source);
        for (const [, next] of JSON.stringify(source).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
            if (next !== undefined) {
                collect(next);
            }
        }
    };
    collect(root);
    const { properties, ...rest } = definitions[root] as Schema & { properties: Record<string, Schema> };
    definitions[root] = {
        ...rest,
        properties: { ...properties, ...identity(schemas[root]) },
        required: ["apiVersion", "kind", "metadata"],
    };
    return { $schema: "http://json-schema.org/draft-07/schema#", $ref: `#/definitions/${root}`, definitions };
}

function identity(source: Schema | undefined): Record<string, Schema> {
    const [type] = source?.["x-kubernetes-group-version-kind"] as { group: string; version: string; kind: string }[];
    if (!type) {
        throw new Error("a definition without group, version and kind is not a kind");
    }
    const apiVersion = type.group === "" ? type.version : `${type.group}/${type.version}`;
    return { apiVersion: { const: apiVersion }, kind: { const: type.kind } };
}

/** A copy without annotations that admits no field but those listed, unless the definition itself admits others. */
function strict(node: Schema): Schema {
    const copy: Schema = {};
    for (const [key, value] of Object.entries(node)) {
        if (annotations.has(key) || key.startsWith("x-kubernetes-")) {
            continue;
        }
        if (key === "$ref") {
            copy[key] = String(value).replace(reference, "#/definitions/");
        } else if (key === "properties") {
            copy[key] = strictProperties(value as Record<string, Schema>);
        } else {
            copy[key] = strictValue(value);
        }
    }
    if (node.properties !== undefined && node.additionalProperties === undefined) {
        copy.additionalProperties = false;
    }
    return copy;
}

/** Apart from `strict`, because a property may be called `default` or `format`. */
function strictProperties(properties: Record<string, Schema>): Record<string, Schema> {
    return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, strict(property)]));
}

function strictValue(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(strictValue);
    }
    return value !== null && typeof value === "object" ? strict(value as Schema) : value;
}

main(process.argv[2]);
