import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { HttpResponse } from "../network/route";
import { type Json, TestSubscription } from "./azure-subscription";

const issuer = "https://issuer.example/";

/**
 * A subscription with resource group `rg`, and identities that prove who they are by tokens of an issuer of the test.
 */
export class IdentitySubscription extends TestSubscription {
    private readonly keys: ReturnType<typeof generateKeyPair>;

    constructor() {
        const keys = generateKeyPair("RS256");
        super({
            issuerKeys: async (asked) =>
                asked === issuer ? { keys: [await exportJWK((await keys).publicKey)] } : undefined,
        });
        this.keys = keys;
    }

    /** Makes a user-assigned identity with a federated credential. */
    async makeIdentity(resourceName: string): Promise<TestIdentity> {
        const location = "westeurope";
        await this.make("resources:ResourceGroup", {}, { location });
        const made = await this.make("managedidentity:UserAssignedIdentity", { resourceName }, { location });
        await this.make(
            "managedidentity:FederatedIdentityCredential",
            { resourceName, federatedIdentityCredentialResourceName: "test" },
            { issuer, subject: resourceName, audiences: ["api://AzureADTokenExchange"] },
        );
        return new TestIdentity(this, made, async () =>
            new SignJWT({})
                .setProtectedHeader({ alg: "RS256" })
                .setIssuer(issuer)
                .setSubject(resourceName)
                .setAudience("api://AzureADTokenExchange")
                .setExpirationTime("10m")
                .sign((await this.keys).privateKey),
        );
    }
}

/** An identity that acts. */
export class TestIdentity {
    constructor(
        private readonly subscription: TestSubscription,
        private readonly resource: Json,
        /** A token of the identity's own service account, as the test's issuer signs it. */
        readonly assertion: () => Promise<string>,
    ) {}

    get clientId(): string {
        return String(this.resource.clientId);
    }

    get principalId(): string {
        return String(this.resource.principalId);
    }

    /** An access token for a resource, such as `https://storage.azure.com`. */
    async token(resource: string): Promise<string> {
        const { body } = await this.subscription.token({
            client_id: this.clientId,
            client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion: await this.assertion(),
            scope: `${resource}/.default`,
        });
        return String(body.access_token);
    }
}

/** The body of an answer that is no JSON. */
export function textOf({ body }: HttpResponse): string {
    return Buffer.isBuffer(body) || typeof body === "string" ? body.toString() : "";
}
