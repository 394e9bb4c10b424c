import type { ClusterVars } from "../../components/gitops/flux/cluster-vars";
import { secretVarsName } from "../../components/gitops/flux-names";
import { settingsSchema } from "../../components/settings/settings-schema";
import { field, type KubernetesObject, list } from "./object";

/** Values for the variables that the program writes to ConfigMap `cluster-vars`, of the shape that it gives them. */
export const sampleVariables: Readonly<ClusterVars<string>> = {
    cluster_name: "landfall-sample",
    dns_owner: "landfall-sample",
    standby: "false",
    external_dns_mode: "no-dry-run",
    environment: "sample",
    domain: "sample.example.com",
    tenant_id: "00000000-0000-4000-8000-000000000001",
    subscription_id: "00000000-0000-4000-8000-000000000002",
    resource_group: "landfall-sample-durable",
    key_vault_name: "landfall-sample",
    key_vault_url: "https://landfall-sample.vault.azure.net/",
    registry: "landfallsample.azurecr.io",
    storage_account: "landfallsample",
    backup_container: "velero",
    database_container: "postgresql",
    cluster_generation: "0123456789abcdef01234567",
    database_bootstrap: "initdb",
    database_source: "postgresql-89abcdef0123456789abcdef-17",
    database_recovery_target: "{}",
    log_container: "loki",
    service_mesh: "istio",
    fleet_url: "https://github.com/example/fleet",
    fleet_branch: "sample",
    image_automation_suspended: "true",
    cert_manager_client_id: "11111111-1111-4111-8111-111111111111",
    external_dns_client_id: "22222222-2222-4222-8222-222222222222",
    velero_client_id: "33333333-3333-4333-8333-333333333333",
    external_secrets_client_id: "44444444-4444-4444-8444-444444444444",
    loki_client_id: "55555555-5555-4555-8555-555555555555",
    postgresql_client_id: "66666666-6666-4666-8666-666666666666",
    examples_client_id: "77777777-7777-4777-8777-777777777777",
};

/**
 * What a database begins with. The tree is rendered with each: one beside one mesh, the next beside the next, since no
 * layer depends on both.
 */
const databaseBootstraps: readonly string[] = ["initdb", "recovery"];

/** Sample values of the variables beside a mesh. */
export function sampleVariablesWith(mesh: string): Readonly<Record<string, string>> {
    const bootstrap = databaseBootstraps[serviceMeshes.indexOf(mesh) % databaseBootstraps.length] ?? "";
    return { ...sampleVariables, service_mesh: mesh, database_bootstrap: bootstrap };
}

/** The values that `landfall:serviceMesh` may have; the tree is rendered with each. */
export const serviceMeshes: readonly string[] = settingsSchema.shape.serviceMesh.options;

const secretSample = "sample-of-secret-";

/** Sample values of the secret variables, by which they are known wherever they end up. */
export function secretSamples(names: Iterable<string>): Readonly<Record<string, string>> {
    return Object.fromEntries([...names].map((name) => [name, secretSample + name]));
}

/** The name of the first secret variable whose sample is in a text. */
export function secretVariableIn(text: string): string | undefined {
    return new RegExp(`${secretSample}(\\w+)`).exec(text)?.[1];
}

/** Whether a Flux Kustomization substitutes secret variables too. */
export function substitutesSecrets(kustomization: KubernetesObject): boolean {
    return list(kustomization, "spec.postBuild.substituteFrom").some(
        (source) => field(source, "kind") === "Secret" && field(source, "name") === secretVarsName,
    );
}
