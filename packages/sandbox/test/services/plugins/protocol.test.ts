import * as assert from "node:assert/strict";
import { credentials, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { differingPaths } from "../../../plugins/compare";
import { InitializationError } from "../../../plugins/initialization-error";
import { jsonPath } from "../../../plugins/kubernetes/json-path";
import { parsePath } from "../../../plugins/property-path";
import { type Properties, type Provider, unknown } from "../../../plugins/provider";
import { providerService } from "../../../plugins/service";

const signature = "4dabf18193072939515e22adb298388d";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = (value: unknown) => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });
const struct = (values: object) => Struct.fromJavaScript(values as Record<string, object>);

/** Remembers what it was asked, and answers with its inputs. */
class EchoProvider implements Provider {
    readonly name = "echo";
    readonly version = "1.0.0";
    config: Properties = {};
    seen: Properties = {};
    failure: Error | undefined;

    configure(config: Properties) {
        this.config = config;
        return Promise.resolve();
    }

    check(_type: string, _name: string, _olds: Properties | undefined, news: Properties) {
        this.seen = news;
        return Promise.resolve({ inputs: { ...news, added: true } });
    }

    diff(_type: string, _id: string, olds: Properties, news: Properties) {
        const paths = differingPaths(olds, news);
        const replaces = paths.filter((path) => path.startsWith("zone"));
        return Promise.resolve({ updates: paths.filter((path) => !replaces.includes(path)), replaces });
    }

    create(_type: string, name: string, inputs: Properties, timeout: number) {
        this.seen = inputs;
        const outputs = { ...inputs, key: "private", timeout };
        return this.failure ? Promise.reject(this.failure) : Promise.resolve({ id: name, outputs, secrets: ["key"] });
    }

    update(_type: string, id: string, _olds: Properties, news: Properties) {
        return this.create("", id, news, 0);
    }

    delete() {
        return Promise.resolve();
    }

    read() {
        return Promise.resolve(undefined);
    }

    invoke(token: string) {
        return Promise.reject(new Error(`no function ${token}`));
    }
}

describe("the plugins' server", () => {
    const server = new Server();
    const provider = new EchoProvider();
    let client: ResourceProviderClient;

    before(async () => {
        server.addService(ResourceProviderService, providerService(provider));
        const port = await new Promise<number>((resolve, reject) =>
            server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
                error ? reject(error) : resolve(bound),
            ),
        );
        client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    });

    after(() => {
        client.close();
        server.forceShutdown();
    });

    beforeEach(() => {
        provider.failure = undefined;
        provider.seen = {};
    });

    type Callback<S> = (error: ServiceError | null, response: S) => void;
    const call = <S>(start: (callback: Callback<S>) => unknown) =>
        new Promise<S>((resolve, reject) => start((error, response) => (error ? reject(error) : resolve(response))));

    const create = (values: object, preview = false) =>
        call<proto.CreateResponse>((callback) =>
            client.create(
                new proto.CreateRequest()
                    .setName("made")
                    .setProperties(struct(values))
                    .setPreview(preview)
                    .setTimeout(7),
                callback,
            ),
        );

    it("gives the provider plain values, and wraps them again where they were", async () => {
        const news = { a: secret("x"), list: [1, secret("y")], later: unknownText, deep: { b: secret(unknownText) } };
        const request = new proto.CheckRequest().setNews(struct(news));
        const response = await call<proto.CheckResponse>((callback) => client.check(request, callback));
        assert.deepEqual(provider.seen, { a: "x", list: [1, "y"], later: unknown, deep: { b: unknown } });
        assert.deepEqual(response.getInputs()?.toJavaScript(), { ...news, added: true });
    });

    it("decodes the settings that the SDK encodes as JSON", async () => {
        const args = { flag: "true", object: '{"a":[1]}', text: "[not json", token: secret("t") };
        const request = new proto.ConfigureRequest().setArgs(struct(args));
        const response = await call<proto.ConfigureResponse>((callback) => client.configure(request, callback));
        assert.deepEqual(provider.config, { flag: true, object: { a: [1] }, text: "[not json", token: "t" });
        assert.ok(response.getAcceptsecrets() && response.getSupportspreview());
    });

    it("creates nothing in a preview, and leaves what only the provider knows out", async () => {
        const response = await create({ a: 1 }, true);
        assert.deepEqual(response.getProperties()?.toJavaScript(), { a: 1 });
        assert.deepEqual(provider.seen, {});
    });

    it("wraps outputs that the provider calls secret or whose input was", async () => {
        const response = await create({ password: secret("p") });
        const outputs = { password: secret("p"), key: secret("private"), timeout: 7 };
        assert.deepEqual(response.getProperties()?.toJavaScript(), outputs);
    });

    it("tells additions, changes and removals apart, and which need a new resource", async () => {
        const request = new proto.DiffRequest()
            .setOldInputs(struct({ a: { b: [1] }, gone: 1, zone: "x" }))
            .setNews(struct({ a: { b: [2] }, fresh: 1, zone: "y" }));
        const response = await call<proto.DiffResponse>((callback) => client.diff(request, callback));
        const kinds = [...response.getDetaileddiffMap().getEntryList()].map(([path]) => [
            path,
            response.getDetaileddiffMap().get(path)?.getKind(),
        ]);
        const { ADD, DELETE, UPDATE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
        const expected = { "a.b[0]": UPDATE, gone: DELETE, fresh: ADD, zone: UPDATE_REPLACE };
        assert.deepEqual(Object.fromEntries(kinds), expected);
        assert.deepEqual(response.getReplacesList(), ["zone"]);
    });

    it("passes an error's message on as it is", async () => {
        provider.failure = new Error("the zone is full: choose another");
        await assert.rejects(create({}), ({ details }: ServiceError) => details === "the zone is full: choose another");
    });

    it("hands over what exists of a resource that did not become ready, with its secrets wrapped", async () => {
        provider.failure = new InitializationError("made", { password: "p", key: "k" }, ["not ready"], ["key"]);
        await assert.rejects(create({ password: secret("p") }), ({ metadata }: ServiceError) => {
            const [details] = metadata.get("grpc-status-details-bin") as [Buffer];
            const [any] = Status.deserializeBinary(details).getDetailsList();
            const failed = proto.ErrorResourceInitFailed.deserializeBinary(any?.getValue_asU8() ?? new Uint8Array());
            const kept = { password: secret("p"), key: secret("k") };
            assert.deepEqual(failed.getProperties()?.toJavaScript(), kept);
            return failed.getId() === "made" && failed.getReasonsList()[0] === "not ready";
        });
    });

    it("answers for a resource that is gone with an empty id", async () => {
        const response = await call<proto.ReadResponse>((callback) => client.read(new proto.ReadRequest(), callback));
        assert.equal(response.getId(), "");
    });
});

describe("property paths", () => {
    it("name the shortest place where two values differ", () => {
        const paths = differingPaths({ a: 1, l: [1, 2], n: null }, { a: 1, l: [1, 3, 4], "x.y": { z: 1 } });
        assert.deepEqual(paths, ["l[1]", "l[2]", '["x.y"]']);
        assert.deepEqual(paths.map(parsePath), [["l", 1], ["l", 2], ["x.y"]]);
        assert.throws(() => parsePath("a..b"), /not a property path/);
    });

    it("of Kubernetes find values by key, index, wildcard and filter", () => {
        const object = {
            status: {
                phase: "Up",
                list: [
                    { type: "A", v: 1 },
                    { type: "B", v: 2 },
                ],
            },
        };
        assert.deepEqual(jsonPath("{.status.phase}", object), ["Up"]);
        assert.deepEqual(jsonPath("{.status.list[*].v}", object), [1, 2]);
        assert.deepEqual(jsonPath('{.status.list[?(@.type=="B")].v}', object), [2]);
        assert.deepEqual(jsonPath("{.status.list[0].type}", object), ["A"]);
        assert.throws(() => jsonPath("{range .items[*]}", object), /none that the sandbox knows/);
    });
});
