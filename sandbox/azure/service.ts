import type { Behaviour, Context } from "./behaviour";

/** What the operations of Azure Resource Manager share. */
export interface Service extends Omit<Context, "caller"> {
    readonly behaviours: ReadonlyMap<string, Behaviour>;
}

export function behaviourOf(service: Service, token: string): Behaviour {
    return service.behaviours.get(token) ?? {};
}
