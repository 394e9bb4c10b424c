import * as assert from "node:assert/strict";
import { azureStack } from "../support/azure-stack";
import { all, only, type Registered } from "../support/deploy";
import { stacks } from "../support/fixtures";
import { identityName, permissionsOf } from "../support/permissions";
import { findType, IdentitySubscription, type TestIdentity, textOf } from "@landfall/sandbox/testing";

type Method = "DELETE" | "GET" | "POST" | "PUT";
type Containers = "loki" | "postgresql" | "velero";

const containers: readonly Containers[] = ["velero", "postgresql", "loki"];
const dataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const dataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
const accountContributor = "17d1049b-9a84-46fb-8f53-869881c3d3ab";

for (const stack of stacks) {
    /**
     * The backup storage as the program asks for it, with the roles that it grants, in the sandbox's Azure. Whoever has
     * taken over the cluster holds the tokens of its identities, and does with each what the interfaces offer.
     */
    describe(`the backups of ${stack}`, () => {
        let storage: BackupStorage;

        let resources: readonly Registered[];

        before(async () => {
            resources = await azureStack(stack);
        });

        beforeEach(async () => {
            storage = await BackupStorage.of(resources);
        });

        it("survive an attack with every identity that the program makes", async () => {
            const before = await storage.everyVersion();
            const identities = await storage.workloads();
            assert.ok(identities.length >= 9, String(identities.length));
            for (const identity of identities) {
                await storage.attack(identity);
            }
            await storage.bringBack();
            assert.deepEqual(await lost(before), []);
            assert.deepEqual(await storage.settings(), storage.settingsBefore);
        });

        const isImmutable = stack === "production";
        it(`${isImmutable ? "survive" : "are lost to"} who may change the account itself, and takes its protection away`, async () => {
            const before = await storage.everyVersion();
            await storage.attack(await storage.intruder());
            await storage.bringBack();
            const gone = await lost(before);
            assert.ok(isImmutable ? gone.length === 0 : gone.length > 0, gone.join(", "));
        });

        /** What was there, and is not among what there is now. */
        async function lost(before: readonly string[]): Promise<string[]> {
            const now = await storage.everyVersion();
            return before.filter((version) => !now.includes(version));
        }
    });
}

class BackupStorage {
    settingsBefore: unknown;

    private constructor(
        private readonly subscription: IdentitySubscription,
        private readonly resources: readonly Registered[],
        private readonly accountName: string,
        private readonly accountId: string,
        private readonly owner: TestIdentity,
    ) {}

    /** Makes what the stack's program registers, and writes into each container what is overwritten once. */
    static async of(resources: readonly Registered[]): Promise<BackupStorage> {
        const subscription = new IdentitySubscription();
        const owner = await subscription.makeIdentity("owner");
        for (const { type, inputs } of resources.filter(({ type }) => type.includes(":storage:"))) {
            const token = type.replace("azure-native:", "");
            const names = [...(findType(token)?.path ?? "").matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
            const given = Object.entries(inputs).filter(([name]) => name !== "resourceGroupName");
            const parameters = given.filter(([name]) => names.includes(name)) as [string, string][];
            const body = given.filter(([name]) => !names.includes(name));
            await subscription.make(token, Object.fromEntries(parameters), Object.fromEntries(body));
        }
        const account = only(resources, "azure-native:storage:StorageAccount");
        const accountName = String(account.inputs.accountName);
        const { body } = await subscription.get("storage:StorageAccount", { accountName });
        await subscription.assign(owner.principalId, dataOwner, body.id);
        const made = new BackupStorage(subscription, resources, accountName, String(body.id), owner);
        for (const container of containers) {
            for (const content of ["first", "second"]) {
                const { status } = await made.put(owner, container, content);
                assert.equal(status, 201);
            }
        }
        made.settingsBefore = await made.settings();
        return made;
    }

    /** An identity for each that the program makes, with the roles that it has on the storage. */
    async workloads(): Promise<TestIdentity[]> {
        const identities = all(this.resources, "azure-native:managedidentity:UserAssignedIdentity").map(identityName);
        const permissions = permissionsOf(this.resources);
        return Promise.all(
            identities.map(async (name) => {
                const identity = await this.subscription.makeIdentity(`id-${name}`);
                const held = permissions.filter((permission) => permission.identity === name);
                for (const { role, scope } of held) {
                    const on = this.scopeOf(scope);
                    if (on !== undefined) {
                        await this.subscription.assign(identity.principalId, role.guid, on);
                    }
                }
                return identity;
            }),
        );
    }

    /** Somebody who may change the account, and write data: no identity of the cluster. */
    async intruder(): Promise<TestIdentity> {
        const identity = await this.subscription.makeIdentity("intruder");
        await this.subscription.assign(identity.principalId, accountContributor, this.accountId);
        await this.subscription.assign(identity.principalId, dataContributor, this.accountId);
        return identity;
    }

    /** Takes away all protection, then all data, as far as Azure lets the identity. */
    async attack(identity: TestIdentity): Promise<void> {
        const service = `${this.accountId}/blobServices/default`;
        const off = { enabled: false };
        const settings = {
            isVersioningEnabled: false,
            deleteRetentionPolicy: off,
            containerDeleteRetentionPolicy: off,
        };
        await this.manage(identity, "PUT", service, settings);
        await this.manage(identity, "DELETE", `${this.accountId}/managementPolicies/default`);
        await this.manage(
            identity,
            "PUT",
            `${this.accountId}/providers/Microsoft.Authorization/roleAssignments/${guid}`,
            {
                principalId: identity.principalId,
                principalType: "ServicePrincipal",
                roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${dataOwner}`,
            },
        );
        for (const name of containers) {
            const container = `${service}/containers/${name}`;
            const policy = `${container}/immutabilityPolicies/default`;
            await this.manage(identity, "PUT", policy, { immutabilityPeriodSinceCreationInDays: 1 });
            await this.manage(identity, "DELETE", policy);
            await this.manage(identity, "PUT", container, { publicAccess: "None" });
            const path = `/${name}/backup`;
            for (const { versionId } of await this.versions(name)) {
                const version = `${path}?versionid=${encodeURIComponent(versionId)}`;
                await this.data(identity, "PUT", `${version}&comp=immutabilityPolicies`, "", {
                    "x-ms-immutability-policy-until-date": new Date().toUTCString(),
                });
                await this.data(identity, "DELETE", `${version}&comp=immutabilityPolicies`);
                await this.data(identity, "DELETE", version);
                await this.data(identity, "DELETE", `${version}&deletetype=permanent`);
            }
            await this.put(identity, name, "ransom");
            await this.data(identity, "DELETE", path);
            await this.data(identity, "PUT", `${path}?comp=undelete`);
            await this.data(identity, "DELETE", `/${name}?restype=container`);
            await this.manage(identity, "DELETE", container);
        }
        await this.manage(identity, "DELETE", this.accountId);
    }

    /** What the owner of the account does afterwards: brings back deleted containers. */
    async bringBack(): Promise<void> {
        const list = textOf(await this.data(this.owner, "GET", "/?comp=list&include=deleted"));
        const deleted = list.matchAll(/<Name>(\w+)<\/Name><Deleted>true<\/Deleted><Version>(\w+)<\/Version>/g);
        for (const [, name = "", version = ""] of deleted) {
            const headers = { "x-ms-deleted-container-name": name, "x-ms-deleted-container-version": version };
            const path = `/${name}?restype=container&comp=undelete`;
            assert.equal((await this.data(this.owner, "PUT", path, "", headers)).status, 201);
        }
        for (const name of containers) {
            await this.data(this.owner, "PUT", `/${name}/backup?comp=undelete`);
        }
    }

    /** Each version of each blob with its content, which is read. */
    async everyVersion(): Promise<string[]> {
        const all = await Promise.all(
            containers.map(async (name) => {
                const texts = (await this.versions(name)).map(async ({ blob, versionId }) => {
                    const path = `/${name}/${blob}?versionid=${encodeURIComponent(versionId)}`;
                    return `${name}/${blob} ${versionId} ${textOf(await this.data(this.owner, "GET", path))}`;
                });
                return Promise.all(texts);
            }),
        );
        return all.flat();
    }

    /** What the account, its service and its containers are set to. */
    async settings(): Promise<unknown> {
        const { accountName } = this;
        const at = { accountName, blobServicesName: "default", managementPolicyName: "default" };
        const read = async (type: string, parameters: Record<string, string>) => {
            const { body } = await this.subscription.get(type, parameters);
            return { ...body, etag: "", lastModifiedTime: "" };
        };
        const service = await read("storage:BlobServiceProperties", at);
        const lifecycle = await read("storage:ManagementPolicy", at);
        const policies = containers.map((containerName) =>
            read("storage:BlobContainerImmutabilityPolicy", {
                accountName,
                containerName,
                immutabilityPolicyName: "default",
            }),
        );
        return [service, lifecycle, ...(await Promise.all(policies))];
    }

    private async versions(container: Containers): Promise<{ blob: string; versionId: string }[]> {
        const path = `/${container}?restype=container&comp=list&include=versions`;
        const list = textOf(await this.data(this.owner, "GET", path));
        const found = list.matchAll(/<Blob><Name>([^<]+)<\/Name><VersionId>([^<]+)<\/VersionId>/g);
        return [...found].map(([, blob = "", versionId = ""]) => ({ blob, versionId }));
    }

    private put(identity: TestIdentity, container: Containers, content: string) {
        return this.data(identity, "PUT", `/${container}/backup`, content, { "x-ms-blob-type": "BlockBlob" });
    }

    private async data(identity: TestIdentity, method: Method, path: string, body = "", headers = {}) {
        const authorization = `Bearer ${await identity.token("https://storage.azure.com")}`;
        const url = `https://${this.accountName}.blob.core.windows.net${path}`;
        return this.subscription.send(method, url, { authorization, "x-ms-version": "2024-11-04", ...headers }, body);
    }

    private async manage(identity: TestIdentity, method: Method, id: string, properties?: object): Promise<void> {
        const authorization = `Bearer ${await identity.token("https://management.azure.com")}`;
        const version = id.includes("Microsoft.Authorization") ? "2022-04-01" : "2024-01-01";
        const url = `https://management.azure.com${id}?api-version=${version}`;
        await this.subscription.send(method, url, { authorization }, properties ? JSON.stringify({ properties }) : "");
    }

    /** The id in the test's subscription of what the program grants a role on; undefined for what is no storage. */
    private scopeOf({ type, inputs }: Registered): string | undefined {
        switch (type.replace("azure-native:", "")) {
            case "resources:ResourceGroup":
                return this.accountId.slice(0, this.accountId.indexOf("/providers/"));
            case "storage:StorageAccount":
                return this.accountId;
            case "storage:BlobContainer":
                return `${this.accountId}/blobServices/default/containers/${String(inputs.containerName)}`;
            default:
                return undefined;
        }
    }
}

const guid = "0b8a1c52-6c1f-4a55-8f65-2d8e5d0a7a10";
