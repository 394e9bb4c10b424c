import * as fs from "node:fs";
import * as path from "node:path";
import { assess } from "../../tools/status/assess";
import type { ReadFluxObject } from "../../tools/status/read/objects";
import type { ClusterObservation, Observation } from "../../tools/status/read/observation";
import { isKnown, type Status } from "../../tools/status/status";

/**
 * What `npm run status` read of a stack in the sandbox, less the fields that no status is made of: while it came up,
 * when it was Ready, and with a chart's version that does not exist and a release that is suspended.
 */
export function recorded(name: "coming-up" | "healthy" | "broken"): Observation {
    const file = path.join(__dirname, "../fixtures/status", `${name}.json`);
    return JSON.parse(fs.readFileSync(file, "utf8")) as Observation;
}

const commands = { kubectl: "kubectl", up: "pulumi up", examine: "npm run doctor" };

export function statusOf(seen: Observation): Status {
    return assess("staging", seen, commands);
}

/** The recording of a stack that is Ready, with other answers of its cluster. */
export function healthyBut(cluster: Partial<ClusterObservation>): Observation {
    const seen = recorded("healthy");
    return { ...seen, cluster: { ...seen.cluster, ...cluster } };
}

/** Flux's objects of the stack that is Ready, with one of them changed. */
export function fluxBut(
    kind: string,
    name: string,
    change: (object: ReadFluxObject) => ReadFluxObject,
): readonly ReadFluxObject[] {
    const { flux } = recorded("healthy").cluster;
    const objects = isKnown(flux) ? flux : [];
    const isIt = (object: ReadFluxObject) => object.kind === kind && object.metadata.name === name;
    if (!objects.some(isIt)) {
        throw new Error(`the recording has no ${kind} ${name}`);
    }
    return objects.map((object) => (isIt(object) ? change(object) : object));
}

/** An object that is not Ready for a reason. */
export function failing(object: ReadFluxObject, reason: string, message: string): ReadFluxObject {
    return {
        ...object,
        status: { ...object.status, conditions: [{ type: "Ready", status: "False", reason, message }] },
    };
}

/** What a part holds. Fails the test if it is not known. */
export function known<T>(part: T | { readonly unknown: string }): T {
    if (!isKnown(part)) {
        throw new Error(`not known: ${part.unknown}`);
    }
    return part;
}
