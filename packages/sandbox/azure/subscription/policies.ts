import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import type { AzureState } from "../state";
import type { PolicyAssignment } from "./traits";

/** Microsoft.PolicyInsights, Policy Restrictions - Check At Subscription Scope, 2023-03-01. */
export function checkPolicyRestrictions(state: AzureState, body: Properties): Properties {
    const { resourceContent = {} } = (body.resourceDetails ?? {}) as { resourceContent?: Properties };
    const policyEvaluations = violated(state, resourceContent).map(({ id, field }) => ({
        policyInfo: { policyDefinitionId: `${id}-definition`, policyAssignmentId: id },
        evaluationResult: "NonCompliant",
        evaluationDetails: {
            evaluatedExpressions: [
                {
                    result: "True",
                    expressionKind: "Field",
                    expression: field,
                    path: field,
                    expressionValue: valueOf(resourceContent, field) ?? null,
                },
            ],
        },
        effectDetails: { policyEffect: "Deny" },
    }));
    return { fieldRestrictions: [], contentEvaluationResult: { policyEvaluations } };
}

/** @throws the ArmError of a PUT that a policy denies. */
export function checkPolicies(state: AzureState, name: string, content: Properties): void {
    const [first] = violated(state, content);
    if (first) {
        throw new ArmError(
            403,
            "RequestDisallowedByPolicy",
            `Resource '${name}' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"id":"${first.id}"}}]'.`,
        );
    }
}

function violated({ traits }: AzureState, content: Properties): PolicyAssignment[] {
    return traits.policies.filter(({ field, denies }) => denies(valueOf(content, field)));
}

function valueOf(content: Properties, field: string): unknown {
    return field.split(".").reduce<unknown>((value, part) => (value as Properties | undefined)?.[part], content);
}
