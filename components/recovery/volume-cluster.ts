import {
    AdmissionregistrationV1Api,
    ApiException,
    CoreV1Api,
    CustomObjectsApi,
    KubeConfig,
    type V1ValidatingAdmissionPolicy,
} from "@kubernetes/client-node";

const velero = { group: "velero.io", version: "v1", namespace: "velero" };
/** The account that Velero's release runs its server with. */
const account = "system:serviceaccount:velero:velero";
const policyName = "landfall-volumes-first";
/** A claim that nobody makes, to see whether the API server enforces the policy. */
const probe = { namespace: "default", name: policyName };

/** What bringing volumes back asks of a cluster. A kind that is not there yet has no objects. */
export class VolumeCluster {
    private readonly policies: AdmissionregistrationV1Api;
    private readonly core: CoreV1Api;
    private readonly objects: CustomObjectsApi;

    constructor(kubeconfig: string) {
        const config = new KubeConfig();
        config.loadFromString(kubeconfig);
        this.policies = config.makeApiClient(AdmissionregistrationV1Api);
        this.core = config.makeApiClient(CoreV1Api);
        this.objects = config.makeApiClient(CustomObjectsApi);
    }

    /** Lets nobody but Velero make these claims. Where that is so already, it stays so meanwhile. */
    async keep(backup: string, claims: readonly string[]): Promise<void> {
        const body = policyFor(backup, claims);
        await unless(409, () => this.policies.createValidatingAdmissionPolicy({ body }));
        const binding = { metadata: { name: policyName }, spec: { policyName, validationActions: ["Deny"] } };
        await unless(409, () => this.policies.createValidatingAdmissionPolicyBinding({ body: binding }));
    }

    /** Whether the policy is in force. */
    async isKept(): Promise<boolean> {
        const { namespace, name } = probe;
        const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
        const body = { metadata: { name }, spec };
        try {
            await this.core.createNamespacedPersistentVolumeClaim({ namespace, body, dryRun: "All" });
            return false;
        } catch (error) {
            if (error instanceof ApiException && [404, 422].includes(error.code)) {
                // A new cluster gets its namespaces a moment after it answers.
                return error.code === 422;
            }
            throw error;
        }
    }

    /** Lets everybody make them again. */
    async letGo(): Promise<void> {
        await unless(404, () => this.policies.deleteValidatingAdmissionPolicyBinding({ name: policyName }));
        await unless(404, () => this.policies.deleteValidatingAdmissionPolicy({ name: policyName }));
    }

    /** Whether Velero has found a backup in its storage. */
    async hasBackup(name: string): Promise<boolean> {
        return (await this.find("backups", name)) !== undefined;
    }

    /**
     * How far the bringing back of a backup's volumes is, in Velero's words; undefined if nobody has asked for it.
     *
     * @see https://velero.io/docs/v1.18/api-types/restore/
     */
    async phaseOf(backup: string): Promise<string | undefined> {
        const restore = await this.find("restores", restoreName(backup));
        return restore && (restore.status?.phase ?? "New");
    }

    /** Asks for it, unless somebody has. */
    async restore(backup: string): Promise<void> {
        const name = restoreName(backup);
        if ((await this.find("restores", name)) !== undefined) {
            return;
        }
        const includedResources = ["persistentvolumeclaims", "persistentvolumes"];
        const body = {
            apiVersion: `${velero.group}/${velero.version}`,
            kind: "Restore",
            metadata: { name, namespace: velero.namespace },
            spec: { backupName: backup, includedResources },
        };
        await this.objects.createNamespacedCustomObject({ ...velero, plural: "restores", body });
    }

    /** Takes back that somebody has asked for it. */
    async forget(backup: string): Promise<void> {
        const name = restoreName(backup);
        await unless(404, () => this.objects.deleteNamespacedCustomObject({ ...velero, plural: "restores", name }));
    }

    private async find(plural: string, name: string): Promise<{ status?: { phase?: string } } | undefined> {
        const found: unknown = await unless(404, () =>
            this.objects.getNamespacedCustomObject({ ...velero, plural, name }),
        );
        return found as { status?: { phase?: string } } | undefined;
    }
}

function restoreName(backup: string): string {
    return `volumes-of-${backup}`;
}

function policyFor(backup: string, claims: readonly string[]): V1ValidatingAdmissionPolicy {
    const kept = JSON.stringify([...claims, `${probe.namespace}/${probe.name}`]);
    const whose = `has(object.metadata.name) && object.metadata.namespace + "/" + object.metadata.name in ${kept}`;
    const claimsMade = { apiGroups: [""], apiVersions: ["v1"], resources: ["persistentvolumeclaims"] };
    return {
        metadata: { name: policyName },
        spec: {
            failurePolicy: "Fail",
            matchConstraints: { resourceRules: [{ ...claimsMade, operations: ["CREATE"] }] },
            matchConditions: [{ name: "is-in-the-backup", expression: whose }],
            validations: [
                {
                    expression: `request.userInfo.username == "${account}"`,
                    message:
                        `Velero brings this claim back from backup ${backup}, and nobody else makes it until then; ` +
                        "npm run rebuild goes on with it, or gives up with --without-volumes",
                },
            ],
        },
    };
}

/** Gives undefined if the API server refuses with this code: something is not there (404), or is already (409). */
async function unless<Answer>(code: 404 | 409, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
        return await ask();
    } catch (error) {
        if (error instanceof ApiException && error.code === code) {
            return undefined;
        }
        throw error;
    }
}
