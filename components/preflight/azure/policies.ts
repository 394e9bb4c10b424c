import type { Problem } from "../../settings/settings-rules";
import type { Answer } from "../finding";
import type { Subscription } from "./subscription";

/** Microsoft.PolicyInsights, Policy Restrictions - Check At Subscription Scope, 2023-03-01. */
interface Restrictions {
    readonly contentEvaluationResult?: { readonly policyEvaluations?: readonly Evaluation[] };
}

interface Evaluation {
    readonly policyInfo: { readonly policyAssignmentId: string };
    readonly evaluationResult: string;
    readonly evaluationDetails?: {
        readonly evaluatedExpressions?: readonly { readonly expression?: string; readonly path?: string }[];
    };
    readonly effectDetails?: { readonly policyEffect?: string };
}

/** What the program makes at the top, by type, with the API version that Azure is asked in. */
const resources: readonly (readonly [type: string, apiVersion: string, location?: "global"])[] = [
    ["Microsoft.Resources/subscriptions/resourceGroups", "2024-03-01"],
    ["Microsoft.ContainerService/managedClusters", "2025-09-01"],
    ["Microsoft.ContainerRegistry/registries", "2023-01-01-preview"],
    ["Microsoft.KeyVault/vaults", "2024-11-01"],
    ["Microsoft.ManagedIdentity/userAssignedIdentities", "2023-01-31"],
    ["Microsoft.Network/virtualNetworks", "2024-05-01"],
    ["Microsoft.Storage/storageAccounts", "2024-01-01"],
];
/** What is in the cluster's region. */
const replaceable = new Set(["Microsoft.ContainerService/managedClusters", "Microsoft.Network/virtualNetworks"]);
const zone = ["Microsoft.Network/dnsZones", "2018-05-01", "global"] as const;

/** Aliases of properties begin with their type; these are what every resource has. */
const judged = /^(type|kind|location|name|fullName|id|tags(\.|\[|$).*)$/i;

/**
 * Whether a policy denies what the program makes for its type, region, name or lack of tags. Policies on other
 * properties are left out: the question holds none, so that the answer would be wrong. A stack that has its cluster
 * has passed them.
 */
export async function policies(subscription: Subscription): Promise<Answer> {
    if ((await subscription.pools()).size > 0) {
        return {};
    }
    const { settings } = subscription.subject;
    const made = settings.domain ? [...resources, zone] : resources;
    const found = await Promise.all(made.map((resource) => denials(subscription, ...resource)));
    return { problems: found.flat() };
}

async function denials(
    subscription: Subscription,
    type: string,
    apiVersion: string,
    global?: "global",
): Promise<Problem[]> {
    const { names, settings } = subscription.subject;
    const path = `${subscription.scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?api-version=2023-03-01`;
    const region = replaceable.has(type) ? settings.clusterLocation : settings.location;
    const resourceContent = { type, name: nameOf(type, names, settings.domain), location: global ?? region };
    const answer = (await subscription.post(path, {
        resourceDetails: { resourceContent, apiVersion },
    })) as Restrictions;
    return (answer.contentEvaluationResult?.policyEvaluations ?? []).filter(isDenial).map((evaluation) => {
        const { policyAssignmentId } = evaluation.policyInfo;
        const fields = evaluation.evaluationDetails?.evaluatedExpressions?.map(({ path = "" }) => path) ?? [];
        const why = [...new Set(fields)].filter((field) => field !== "type").join(", ") || "type";
        const message =
            `the policy assignment ${policyAssignmentId} denies it for its ${why} (${JSON.stringify(resourceContent)}); ` +
            `look at it: az policy assignment show --name ${policyAssignmentId.split("/").at(-1)}, and ask its owner for an ` +
            `exemption: az policy exemption create --name landfall --exemption-category Waiver --policy-assignment ${policyAssignmentId}`;
        return { key: type, message };
    });
}

function isDenial({ evaluationResult, evaluationDetails, effectDetails }: Evaluation): boolean {
    const expressions = evaluationDetails?.evaluatedExpressions ?? [];
    return (
        evaluationResult === "NonCompliant" &&
        /^deny$/i.test(effectDetails?.policyEffect ?? "deny") &&
        expressions.length > 0 &&
        expressions.every(({ path, expression }) => judged.test(path ?? expression ?? ""))
    );
}

function nameOf(type: string, names: Subscription["subject"]["names"], domain: string | undefined): string {
    const byType: Readonly<Record<string, string>> = {
        resourceGroups: names.durableGroup,
        managedClusters: names.cluster,
        registries: names.registry,
        vaults: names.keyVault,
        userAssignedIdentities: names.identity("control-plane"),
        virtualNetworks: names.network,
        storageAccounts: names.storageAccount,
        dnsZones: domain ?? "",
    };
    return byType[type.split("/").at(-1) ?? ""] ?? "";
}
