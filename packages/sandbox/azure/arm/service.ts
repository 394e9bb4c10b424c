import type { Context, ResourceProvider } from "./resource-provider";

/** What the operations of Azure Resource Manager share. */
export interface Service extends Omit<Context, "caller"> {
    readonly resourceProviders: ReadonlyMap<string, ResourceProvider>;
}

export function providerOf(service: Service, token: string): ResourceProvider {
    return service.resourceProviders.get(token) ?? {};
}
