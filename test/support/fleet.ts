import type { FleetPlanArgs } from "../../components/gitops/fleet/fleet-plan";
import type { Repository } from "../../components/gitops/fleet/repository-state";

/** What the program asks of staging's fleet repository, before there is a file. */
export const fleetArgs: FleetPlanArgs = {
    repository: { owner: "acme", name: "fleet" },
    branch: "staging",
    stack: "staging",
    mode: "direct",
    visibility: "private",
    imageAutomation: false,
    files: {},
    changes: true,
};

/** That repository as GitHub shows it, with nothing against it. */
export const soundFleet: Repository = {
    full_name: "acme/fleet",
    default_branch: "main",
    visibility: "private",
    archived: false,
    disabled: false,
    is_template: false,
};
