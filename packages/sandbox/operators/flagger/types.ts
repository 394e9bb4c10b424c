import type { CustomObject } from "../operator";

export const canaries = { group: "flagger.app", version: "v1beta1", plural: "canaries" } as const;

/** https://docs.flagger.app/usage/how-it-works */
export interface Canary extends CustomObject {
    readonly spec: {
        readonly provider?: string;
        readonly targetRef: { readonly kind: string; readonly name: string };
        readonly autoscalerRef?: { readonly name: string };
        readonly service: {
            readonly name?: string;
            readonly port: number;
            readonly portName?: string;
            readonly targetPort?: number | string;
            readonly appProtocol?: string;
            readonly hosts?: readonly string[];
            readonly gatewayRefs?: readonly object[];
        };
    };
    readonly status?: {
        readonly phase?: string;
        readonly lastAppliedSpec?: string;
        readonly trackedConfigs?: Readonly<Record<string, string>>;
        readonly [field: string]: unknown;
    };
}
