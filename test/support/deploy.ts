import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

type Resource = pulumi.runtime.MockResourceArgs;

/** What a provider adds to the inputs of a resource, or answers to an invoke; `id` is the resource's id. */
export type Mock = (args: Resource | pulumi.runtime.MockCallArgs) => Record<string, unknown>;

/** A resource that a program registered, with what the engine was told about it. */
export interface Registered {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    /** The id that its mock gave. */
    readonly id: string;
    readonly inputs: Record<string, unknown>;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    /** The id of a resource that is imported; empty for one that is created. */
    readonly importId: string;
    readonly ignoreChanges: readonly string[];
    readonly replaceOnChanges: readonly string[];
    /** A change of this value replaces the resource. */
    readonly replacementTrigger: unknown;
    /** URNs of what it depends on, by data flow or by `dependsOn`. */
    readonly dependencies: readonly string[];
    /** URN of the parent; empty when that is the stack. */
    readonly parent: string;
    /** URN of the resource whose deletion deletes it too; empty when there is none. */
    readonly deletedWith: string;
    /** What the program says; undefined leaves it to the provider. */
    readonly deleteBeforeReplace: boolean | undefined;
    /** Reference of an explicit provider; empty for the default one. */
    readonly provider: string;
}

/** What a program registered, in the order it registered it. */
export interface Deployment<T> {
    readonly result: T;
    readonly resources: readonly Registered[];
}

/**
 * Runs a program against mocks; `mocks` adds provider-computed state by type, and answers by invoke token. Fails when
 * an invoke has no mock and when two resources share a URN. No engine runs: that a resource can be made is not proved.
 */
export async function deploy<T>(
    program: () => T | Promise<T>,
    mocks: Record<string, Mock> = {},
    { preview = false } = {},
): Promise<Deployment<T>> {
    const registered: Registration[] = [];
    const unmocked: string[] = [];
    let current: RegisterRequest | undefined;
    await pulumi.runtime.setMocks(
        {
            newResource: (args) => {
                assert.ok(current, `${args.name} was read, not registered`);
                const { id = `${args.name}-id`, ...state } = mocks[args.type]?.(args) ?? {};
                registered.push({ args, request: current, urn: "", id: String(id) });
                return { id: String(id), state: { ...(args.inputs as object), ...state } };
            },
            // A throw here would lose its message inside the SDK, so the token is kept and reported below.
            call: (args) => {
                const mock = mocks[args.token];
                if (!mock) {
                    unmocked.push(args.token);
                }
                return mock?.(args) ?? {};
            },
        },
        "landfall",
        "stack",
        preview,
    );
    const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
    const register = monitor.registerResource.bind(monitor);
    // The mock of the SDK keeps options and dependencies to itself; the request has them.
    monitor.registerResource = (request: RegisterRequest, callback) => {
        current = request;
        const done = register(request, (error: unknown, response: { getUrn(): string } | undefined) => {
            const entry = registered.find((candidate) => candidate.request === request);
            if (entry && response) {
                entry.urn = response.getUrn();
            }
            callback(error, response);
        });
        current = undefined;
        return done;
    };
    const result = await program();
    await settled(registered);
    await pulumi.runtime.disconnect();
    assert.deepEqual(unmocked, [], "invokes without a mock");
    const urns = new Set(registered.map((entry) => entry.urn));
    assert.equal(urns.size, registered.length, "two resources share one URN");
    return { result, resources: registered.map(describe) };
}

/** What the engine is asked when a resource is registered: the part that tests look at. */
interface RegisterRequest {
    getProtect(): boolean | undefined;
    getRetainondelete(): boolean | undefined;
    getIgnorechangesList(): string[];
    getReplaceonchangesList(): string[];
    getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
    getDependenciesList(): string[];
    getImportid(): string;
    getParent(): string;
    getDeletedwith(): string;
    getDeletebeforereplace(): boolean;
    getDeletebeforereplacedefined(): boolean;
}

interface Registration {
    readonly args: Resource;
    readonly request: RegisterRequest;
    readonly id: string;
    urn: string;
}

/** The only resource of a type, whose name ends as given; fails when there is none, or more than one. */
export function only(resources: readonly Registered[], type: string, nameEnd = ""): Registered {
    const found = resources.filter((resource) => resource.type === type && resource.name.endsWith(nameEnd));
    const [resource] = found;
    assert.ok(resource && found.length === 1, `${found.length} resources of ${type} end in "${nameEnd}", expected one`);
    return resource;
}

/** Every resource of a type. */
export function all(resources: readonly Registered[], type: string): Registered[] {
    return resources.filter((resource) => resource.type === type);
}

/** Whether a resource waits for another, by data flow or by `dependsOn`. */
export function dependsOn(resource: Registered, other: Registered): boolean {
    return resource.dependencies.includes(other.urn);
}

/** The value of an output; rejects when the output failed or is unknown, instead of hanging. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    const inner = output as unknown as { promise(): Promise<T>; isKnown: Promise<boolean> };
    const value = await inner.promise();
    assert.ok(await inner.isKnown, "the output is unknown");
    return value;
}

/** Whether an output is a secret. */
export async function isSecretOutput(output: pulumi.Output<unknown>): Promise<boolean> {
    return await pulumi.isSecret(output);
}

const secretKey = "4dabf18193072939515e22adb298388d";

/** Whether an input reached the engine marked as a secret. */
export function isSecretInput(input: unknown): boolean {
    return typeof input === "object" && input !== null && secretKey in input;
}

function describe({ args, request, urn, id }: Registration): Registered {
    return {
        type: args.type,
        name: args.name,
        urn,
        id,
        inputs: args.inputs as Record<string, unknown>,
        protect: request.getProtect() ?? false,
        retainOnDelete: request.getRetainondelete() ?? false,
        importId: request.getImportid(),
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
        dependencies: request.getDependenciesList(),
        parent: request.getParent(),
        deletedWith: request.getDeletedwith(),
        deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
        provider: args.provider ?? "",
    };
}

// Callbacks queued by `apply` register resources late and `disconnect` does not wait for them.
async function settled(resources: readonly unknown[], quietTurns = 10): Promise<void> {
    for (let quiet = 0, seen = -1; quiet < quietTurns;) {
        await new Promise((resolve) => setImmediate(resolve));
        quiet = resources.length === seen ? quiet + 1 : 0;
        seen = resources.length;
    }
}
