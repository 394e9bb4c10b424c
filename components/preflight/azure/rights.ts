import { type Answer, NotKnown } from "../finding";
import type { Subscription } from "./subscription";

/** Microsoft.Authorization, Permissions - List For Resource Group, 2022-04-01. */
interface Permission {
    readonly actions?: readonly string[];
    readonly notActions?: readonly string[];
}

/** What tells the roles of docs/permissions.md from less: each is in one of them alone. */
const needed = [
    "Microsoft.Resources/subscriptions/resourceGroups/write",
    "Microsoft.ContainerService/managedClusters/write",
    "Microsoft.Authorization/roleAssignments/write",
];

/**
 * Whether the deployer may create resources and assign roles. A condition on a role is not looked at. A preview needs
 * to read only, so that the answer is a warning there.
 */
export async function rights(subscription: Subscription): Promise<Answer> {
    const { scope, subject } = subscription;
    if (!subject.byDeployer) {
        throw new NotKnown("Azure tells everybody of their own only, and landfall:deployerObjectId is somebody else");
    }
    // What is inherited from the subscription counts in the group too, and the group may have more.
    const at = (await subscription.groupExists(subject.names.durableGroup))
        ? `${scope}/resourceGroups/${subject.names.durableGroup}`
        : scope;
    const path = `${at}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
    const permissions = (await subscription.list(path)) as Permission[];
    const lacking = needed.filter((action) => !permissions.some((permission) => allows(permission, action)));
    if (lacking.length === 0) {
        return {};
    }
    const message =
        `the deployer may not do ${lacking.join(", ")} on ${at}; an Owner grants the roles of docs/permissions.md: ` +
        `az role assignment create --scope ${scope} --assignee <object id> --role Owner, or the two narrower ones`;
    const problem = [{ key: "rights", message }];
    return subject.changes ? { problems: problem } : { warnings: problem };
}

/** Azure subtracts the actions of `notActions` within one role; another role may still give them. */
function allows({ actions = [], notActions = [] }: Permission, action: string): boolean {
    return actions.some((entry) => matches(entry, action)) && !notActions.some((entry) => matches(entry, action));
}

function matches(pattern: string, action: string): boolean {
    const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    return new RegExp(`^${source}$`, "i").test(action);
}
