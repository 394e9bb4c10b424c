import * as keyvault from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import type { Deployer } from "./deployer";
import { durable } from "./durable";
import { knownOf } from "./known-of";
import { grantRole } from "./role-grant";
import { keyVaultCryptoOfficer } from "./roles";

export interface KeyVaultArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly location: pulumi.Input<string>;
    readonly vaultName: pulumi.Input<string>;
    /** Who runs the program. */
    readonly deployer: Deployer;
    /**
     * ARM id of the key, if Azure still keeps this vault, deleted, and is to bring it back with what is in it
     * instead of making that; see `checkNames`.
     *
     * @default - vault and key are made
     */
    readonly recoveredKeyId: string | undefined;
    /** Whether the vault and the key are protected and retained: without the key, no secret of the tree can be read. */
    readonly protect: boolean;
}

/**
 * A Key Vault with the key `sops` that encrypts the tree's secrets, and the secret `example`, which hides nothing and
 * is there to be read in the ways that pods have. Rights come from Azure RBAC, not access policies. Deleted, it is kept
 * for 90 days, nobody can purge it before, and its name stays taken.
 *
 * Azure makes a key only if it is absent and ignores later changes of size or operations; rotate it with `az keyvault
 * key rotate`, and keep old versions enabled, since each encrypted file names the version it was encrypted with.
 *
 * A vault that is recovered comes back as it was deleted, so the next update sets once more what the program wants of
 * it.
 */
export class KeyVault extends pulumi.ComponentResource {
    /** Name of the vault, known once it is there. */
    readonly vaultName: pulumi.Output<string>;
    /** ARM id of the vault. */
    readonly vaultId: pulumi.Output<string>;
    /** The vault's address, such as `https://example.vault.azure.net/`. */
    readonly vaultUri: pulumi.Output<string>;
    /** ARM id of the key, the scope of a grant on it alone. */
    readonly keyId: pulumi.Output<string>;
    /** The key's address with its version, as `.sops.yaml` needs it. */
    readonly keyUri: pulumi.Output<string>;
    /** ARM id of the secret `example`, which the tree's examples read. */
    readonly exampleId: pulumi.Output<string>;

    constructor(name: string, args: KeyVaultArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:KeyVault", name, {}, opts);
        const vault = this.createVault(name, args);
        this.vaultName = knownOf(vault, args.vaultName);
        const officer = grantRole(
            `${name}-deployer-crypto-officer`,
            { objectId: args.deployer.objectId, type: args.deployer.principalType },
            { role: keyVaultCryptoOfficer, scope: vault.id },
            { parent: this },
        );
        const key = new keyvault.Key(
            `${name}-sops`,
            {
                resourceGroupName: args.resourceGroupName,
                vaultName: this.vaultName,
                keyName: "sops",
                // SOPS asks for RSA-OAEP-256 with encrypt and decrypt; wrapping is not used.
                properties: { kty: "RSA", keySize: 3072, keyOps: ["encrypt", "decrypt"] },
            },
            { ...durable(this, args.protect), ...taken(args.recoveredKeyId), dependsOn: [officer] },
        );
        const example = new keyvault.Secret(
            `${name}-example`,
            {
                resourceGroupName: args.resourceGroupName,
                vaultName: this.vaultName,
                secretName: "example",
                properties: { value: "read from Key Vault", contentType: "text/plain" },
            },
            {
                ...durable(this, args.protect),
                ...taken(args.recoveredKeyId?.replace(/keys\/sops$/, "secrets/example")),
            },
        );
        this.vaultId = vault.id;
        this.vaultUri = knownOf(vault, pulumi.interpolate`https://${args.vaultName}.vault.azure.net/`);
        this.keyId = key.id;
        this.keyUri = key.keyUriWithVersion;
        this.exampleId = example.id;
        this.registerOutputs({
            vaultName: this.vaultName,
            vaultId: this.vaultId,
            vaultUri: this.vaultUri,
            keyId: this.keyId,
            keyUri: this.keyUri,
            exampleId: this.exampleId,
        });
    }

    private createVault(name: string, args: KeyVaultArgs): keyvault.Vault {
        return new keyvault.Vault(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                location: args.location,
                vaultName: args.vaultName,
                properties: {
                    tenantId: args.deployer.tenantId,
                    sku: { family: "A", name: "standard" },
                    enableRbacAuthorization: true,
                    enableSoftDelete: true,
                    softDeleteRetentionInDays: 90,
                    enablePurgeProtection: true,
                    publicNetworkAccess: "Enabled",
                    ...(args.recoveredKeyId !== undefined ? { createMode: "recover" } : {}),
                },
            },
            durable(this, args.protect),
        );
    }
}

/**
 * Options of what is in a vault: never deleted by itself, since a deleted vault keeps it and brings it back, and taken
 * over when its vault comes back. What a key is was decided when it was made, and a secret's value is never read back.
 */
function taken(recoveredId: string | undefined): pulumi.CustomResourceOptions {
    // A preview would look for it while its vault is still deleted.
    const recovers = recoveredId !== undefined && !pulumi.runtime.isDryRun();
    return {
        retainOnDelete: true,
        ignoreChanges: ["properties", "tags"],
        ...(recovers ? { import: recoveredId } : {}),
    };
}
