import { clusterInputs, grant, ground, roles } from "../azure-cluster";
import { type Answer, subscription as subscriptionPath, TestSubscription } from "../azure-subscription";
import { ManualClock } from "../manual-clock";
import { type Exchange, type Expected, type Fact, none, some, type Witness } from "./expectation";

/** A fact, and how the stand-in's answer differs from it: not at all, when there are no differences. */
interface Finding {
    readonly fact: Fact;
    readonly exchange: Exchange;
    readonly differences: readonly string[];
}

const group = `${subscriptionPath}/resourceGroups/rg`;

/** Sends what a witness sent to a stand-in of its own. */
export async function runWitness(witness: Witness): Promise<Finding[]> {
    const { addonsByPolicy = [] } = witness;
    const subscription = new TestSubscription({ addonsByPolicy }, new ManualClock());
    const names = await lay(subscription, witness.ground ?? "group");
    const findings: Finding[] = [];
    let operation: Readonly<Record<string, string>> = {};
    for (const exchange of witness.exchanges) {
        await subscription.clock?.pass(exchange.after ?? 0);
        const answer = await send(subscription, exchange, operation, names);
        operation = followable(answer.headers) ? answer.headers : operation;
        for (const fact of exchange.facts) {
            findings.push({ fact, exchange, differences: differencesOf(answer, fact) });
        }
    }
    return findings;
}

/** Makes what the exchanges stand on. Gives values for `{name}` in paths and bodies. */
async function lay(subscription: TestSubscription, what: "group" | "cluster" | "nothing") {
    const names: Record<string, string> = { subscription: subscriptionPath.split("/").at(-1) ?? "" };
    if (what === "group") {
        await subscription.make("resources:ResourceGroup", {}, { location: "westus2" });
    }
    if (what === "cluster") {
        const base = await ground(subscription);
        await grant(subscription, base);
        await subscription.make("containerservice:ManagedCluster", { resourceName: "aks" }, clusterInputs(base));
        names.subnet = String(base.subnet.id);
    }
    if (what !== "nothing") {
        const id = await subscription.make(
            "managedidentity:UserAssignedIdentity",
            { resourceName: "somebody" },
            { location: "westus2" },
        );
        names.principal = String(id.principalId);
    }
    names.reader = `${subscriptionPath}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`;
    names.tenant = subscription.tenantId;
    return names;
}

function followable(headers: Readonly<Record<string, string>>): boolean {
    return headers["azure-asyncoperation"] !== undefined || headers.location?.startsWith("https:") === true;
}

async function send(
    subscription: TestSubscription,
    { send: { method, path, apiVersion, body, headers = {} } }: Exchange,
    operation: Readonly<Record<string, string>>,
    names: Readonly<Record<string, string>>,
): Promise<Answer> {
    const named = (text: string) => text.replace(/{(\w+)}/g, (whole, name: string) => names[name] ?? whole);
    const text = body === undefined ? "" : named(JSON.stringify(body));
    if (path.startsWith("@")) {
        const url = path === "@status" ? operation["azure-asyncoperation"] : operation.location;
        return subscription.request(method, url ?? "", headers, text);
    }
    const full = path.startsWith("/") ? named(path) : `${group}/${named(path)}`;
    const url = `https://management.azure.com${full.replace(/\/$/, "")}?api-version=${apiVersion ?? "2025-01-01"}`;
    return subscription.request(method, url, headers, text);
}

function differencesOf(answer: Answer, fact: Fact): string[] {
    const found: string[] = [];
    if (fact.status !== undefined && fact.status !== answer.status) {
        found.push(`status ${answer.status}, not ${fact.status}: ${JSON.stringify(answer.body)}`);
    }
    for (const [name, expected] of Object.entries(fact.headers ?? {})) {
        found.push(...compare(answer.headers[name], expected, `header ${name}`));
    }
    if (fact.body !== undefined) {
        found.push(...compare(Object.keys(answer.body).length === 0 ? undefined : answer.body, fact.body, "body"));
    }
    return found;
}

function compare(actual: unknown, expected: Expected, path: string): string[] {
    const differs = () => [`${path} is ${JSON.stringify(actual)}, not ${describe(expected)}`];
    if (expected === some) {
        return actual === undefined ? differs() : [];
    }
    if (expected === none) {
        return actual === undefined ? [] : differs();
    }
    if (expected instanceof RegExp) {
        return typeof actual === "string" && expected.test(actual) ? [] : differs();
    }
    if (isList(expected)) {
        return Array.isArray(actual) && actual.length === expected.length
            ? expected.flatMap((item, index) => compare(actual[index], item, `${path}[${index}]`))
            : differs();
    }
    if (typeof expected === "object" && expected !== null) {
        if (typeof actual !== "object" || actual === null) {
            return differs();
        }
        const properties = actual as Record<string, unknown>;
        const isEmpty = Object.keys(expected).length === 0 && Object.keys(properties).length > 0;
        return isEmpty
            ? differs()
            : Object.entries(expected).flatMap(([name, value]) => compare(properties[name], value, `${path}.${name}`));
    }
    return actual === expected ? [] : differs();
}

function isList(expected: Expected): expected is readonly Expected[] {
    return Array.isArray(expected);
}

function describe(expected: Expected): string {
    return typeof expected === "symbol" || expected instanceof RegExp ? String(expected) : JSON.stringify(expected);
}
