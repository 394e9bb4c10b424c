import { nearest } from "../../components/settings/nearest";
import { freeNetwork, nodeSubnet, ownerOf } from "./free-network";
import type { Plan } from "./plan";
import { type Question, settingQuestion } from "./question";
import type { AzureLogin, Found } from "./surroundings";
import type { TakenRange } from "./taken-ranges";

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The subscription, and the tenant that it is in. */
export function accountQuestions(plan: Plan, login: Found<AzureLogin>): Question[] {
    const found = "value" in login ? login.value : undefined;
    const note = "reason" in login ? `nobody is logged in to Azure: ${login.reason}` : undefined;
    const question = (name: "subscription" | "tenant", id: string | undefined, text: string): Question => ({
        option: name,
        form: "ID",
        text,
        proposal: plan.deployment(name) ?? id,
        note,
        answer: (value) => {
            plan.setDeployment(name, value.toLowerCase());
            return guid.test(value)
                ? []
                : [`${value} is not an id: az account show --query "{subscription: id, tenant: tenantId}"`];
        },
    });
    return [
        question("subscription", found?.subscriptionId, "Azure subscription"),
        { ...question("tenant", found?.tenantId, "Entra tenant of the subscription"), isFact: true },
    ];
}

export function regionQuestion(plan: Plan, regions: Found<readonly string[]>): Question {
    const key = "azure-native:location";
    const known = "value" in regions ? regions.value : [];
    const refuse = (value: string) => {
        const near = nearest(value, known) ?? known.join(", ");
        const name = value.toLowerCase().replaceAll(" ", "");
        return known.length === 0 || known.includes(name)
            ? []
            : [`the subscription has no region ${value}; did you mean ${near}?`];
    };
    const note = "reason" in regions ? `which regions there are is not known: ${regions.reason}` : undefined;
    return settingQuestion(
        plan,
        key,
        { option: "location", form: "REGION", text: "Azure region", proposal: plan.text(key), note },
        { refuse },
    );
}

/** `taken` are the subscription's ranges, `others` those of the repository's other stacks. */
export function networkQuestion(
    plan: Plan,
    taken: Found<readonly TakenRange[]>,
    others: readonly TakenRange[],
): Question {
    const key = "landfall:vnetCidr";
    const own = ["landfall:podCidr", "landfall:serviceCidr"].map((other) => ({
        owner: other,
        range: plan.text(other),
    }));
    const ranges = [...("value" in taken ? taken.value : []), ...others, ...own];
    const note = "reason" in taken ? `what other networks have is not known: ${taken.reason}` : undefined;
    return settingQuestion(
        plan,
        key,
        {
            option: "vnet",
            form: "A.B.C.D/N",
            text: "Address range of the virtual network",
            proposal: freeNetwork(
                plan.text(key),
                ranges.map(({ range }) => range),
            ),
            note,
        },
        {
            refuse: (value) => {
                const other = ownerOf(value, ranges);
                return other ? [`${value} overlaps ${other.range} of ${other.owner}; choose a range that is free`] : [];
            },
            also: (value) => {
                const subnet = "landfall:nodeSubnetCidr";
                plan.setSetting(subnet, nodeSubnet(value, plan.text(subnet)));
            },
            keys: ["landfall:nodeSubnetCidr"],
        },
    );
}

/** GitHub, the domain, and the repository that deploys. */
export function otherQuestions(plan: Plan, owner: Found<string>, repository: string | undefined): Question[] {
    const note = "reason" in owner ? `GitHub does not say: ${owner.reason}` : undefined;
    const found = plan.setting("github:owner") ?? ("value" in owner ? owner.value : undefined);
    const orNone = "or none";
    return [
        settingQuestion(plan, "github:owner", {
            option: "github-owner",
            form: "NAME",
            text: "GitHub user or organisation that owns the fleet repository",
            proposal: found,
            note: found === undefined ? note : undefined,
        }),
        settingQuestion(plan, "landfall:domain", {
            option: "domain",
            form: "DOMAIN",
            text: `DNS domain whose parent can delegate to Azure, ${orNone}`,
            proposal: plan.setting("landfall:domain") ?? (plan.text("landfall:domain") === "" ? "" : undefined),
        }),
        settingQuestion(plan, "landfall:ciRepository", {
            option: "ci-repository",
            form: "OWNER/NAME",
            text: `GitHub repository whose Actions push images, ${orNone}`,
            proposal: plan.setting("landfall:ciRepository") ?? "",
        }),
        {
            option: "repository",
            form: "OWNER/NAME",
            text: "Your copy of this repository on GitHub, which Pulumi Deployments runs",
            proposal: plan.deployment("repository") ?? repository,
            note: repository === undefined ? "the Git remote origin is not on GitHub" : undefined,
            isFact: true,
            answer: (value) => {
                plan.setDeployment("repository", value);
                return /^[\w.-]+\/[\w.-]+$/.test(value) ? [] : [`${value} is not a repository; write owner/name`];
            },
        },
    ];
}
