import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { differingPaths } from "./compare";
import { setEngineAddress } from "./engine-log";
import type { Properties, Provider, ResourceState } from "./provider";
import { checkResponse, diffResponse, serviceError } from "./responses";
import { decode, type Decoded, encode, merge, type Secrets } from "./wire";

const nothing: Decoded = decode(undefined);

/** The engine's calls, as calls of `provider`. What is not here the engine is told is unimplemented. */
export function providerService(provider: Provider): UntypedServiceImplementation {
    return {
        ...pluginCalls(provider),
        ...configurationCalls(provider),
        ...previewableCalls(provider),
        ...liveCalls(provider),
    };
}

function pluginCalls(provider: Provider): UntypedServiceImplementation {
    return {
        handshake: unary((request: proto.ProviderHandshakeRequest) => {
            setEngineAddress(request.getEngineAddress());
            return new proto.ProviderHandshakeResponse().setAcceptSecrets(true);
        }),
        attach: unary((request: PluginAttach) => {
            setEngineAddress(request.getAddress());
            return new Empty();
        }),
        getPluginInfo: unary((_: Empty) => new PluginInfo().setVersion(provider.version)),
        getSchema: unary((_: proto.GetSchemaRequest) => new proto.GetSchemaResponse().setSchema("{}")),
        cancel: unary((_: Empty) => {
            provider.cancel?.();
            return new Empty();
        }),
    };
}

function configurationCalls(provider: Provider): UntypedServiceImplementation {
    return {
        checkConfig: unary((request: proto.CheckRequest) => {
            const { values, secrets } = decode(request.getNews());
            return checkResponse(values, secrets, []);
        }),
        diffConfig: unary((request: proto.DiffRequest) => {
            const olds = configuration(decode(request.getOldInputs() ?? request.getOlds()).values);
            const news = configuration(decode(request.getNews()).values);
            const difference = provider.diffConfig?.(olds, news) ?? {
                updates: differingPaths(olds, news),
                replaces: [],
            };
            return diffResponse(difference, olds, news);
        }),
        configure: unary(async (request: proto.ConfigureRequest) => {
            await provider.configure(configuration(decode(request.getArgs()).values));
            return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
        }),
        invoke: unary(async (request: proto.InvokeRequest) => {
            const args = decode(request.getArgs());
            const result = await provider.invoke(request.getTok(), args.values);
            return new proto.InvokeResponse().setReturn(encode(result, args.secrets));
        }),
    };
}

/** What may be called in a preview: it never changes anything. */
function previewableCalls(provider: Provider): UntypedServiceImplementation {
    return {
        check: unary(async (request: proto.CheckRequest) => {
            const olds = decode(request.getOlds());
            const news = decode(request.getNews());
            // The engine sends an empty object where there is no old resource.
            const older = Object.keys(olds.values).length > 0 ? olds.values : undefined;
            const result = await provider.check(request.getType(), request.getName(), older, news.values);
            return checkResponse(result.inputs, news.secrets, result.failures ?? []);
        }),
        diff: unary(async (request: proto.DiffRequest) => {
            const olds = decode(request.getOldInputs()).values;
            const news = decode(request.getNews()).values;
            const difference = await provider.diff(request.getType(), request.getId(), olds, news);
            return diffResponse(difference, olds, news);
        }),
        read: unary(async (request: proto.ReadRequest) => {
            const inputs = request.hasInputs() ? decode(request.getInputs()) : undefined;
            const outputs = decode(request.getProperties());
            const secrets = merge(inputs?.secrets ?? nothing.secrets, outputs.secrets);
            const state = await provider.read(request.getType(), request.getId(), inputs?.values, outputs.values);
            // An empty answer says that the resource is gone.
            return state === undefined
                ? new proto.ReadResponse()
                : new proto.ReadResponse()
                      .setId(state.id)
                      .setInputs(encode(state.inputs, inputs?.secrets, state.secrets))
                      .setProperties(encode(state.outputs, secrets, state.secrets));
        }),
    };
}

function liveCalls(provider: Provider): UntypedServiceImplementation {
    const previewed = (type: string, { values, secrets }: Decoded) =>
        encode(provider.preview?.(type, values) ?? values, secrets);
    const outputs = (state: ResourceState, { secrets }: Decoded) => encode(state.outputs, secrets, state.secrets);
    return {
        create: unary(
            async (request: proto.CreateRequest) => {
                const type = request.getType();
                const inputs = decode(request.getProperties());
                if (request.getPreview()) {
                    return new proto.CreateResponse().setProperties(previewed(type, inputs));
                }
                const state = await provider.create(type, request.getName(), inputs.values, request.getTimeout());
                return new proto.CreateResponse().setId(state.id).setProperties(outputs(state, inputs));
            },
            (request) => decode(request.getProperties()).secrets,
        ),
        update: unary(
            async (request: proto.UpdateRequest) => {
                const type = request.getType();
                const news = decode(request.getNews());
                if (request.getPreview()) {
                    return new proto.UpdateResponse().setProperties(previewed(type, news));
                }
                const olds = decode(request.getOldInputs()).values;
                const state = await provider.update(type, request.getId(), olds, news.values, request.getTimeout());
                return new proto.UpdateResponse().setProperties(outputs(state, news));
            },
            (request) => decode(request.getNews()).secrets,
        ),
        delete: unary(async (request: proto.DeleteRequest) => {
            const inputs = decode(request.getOldInputs()).values;
            const values = decode(request.getProperties()).values;
            await provider.delete(request.getType(), request.getId(), inputs, values, request.getTimeout());
            return new Empty();
        }),
    };
}

/** The SDKs send a provider's settings other than strings as JSON text. */
function configuration(values: Properties): Properties {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, setting(value)]));
}

function setting(value: unknown): unknown {
    if (typeof value !== "string" || !/^(true|false|[[{][^]*)$/.test(value)) {
        return value;
    }
    try {
        return JSON.parse(value);
    } catch {
        // Text that merely begins like JSON, such as a YAML document in flow style.
        return value;
    }
}

function unary<Request, Response>(
    handle: (request: Request) => Promise<Response> | Response,
    secretsOf: (request: Request) => Secrets = () => nothing.secrets,
) {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
        Promise.resolve(call.request)
            .then(handle)
            .then(
                (response) => callback(null, response),
                (error: unknown) => callback(serviceError(error, secretsOf(call.request))),
            );
    };
}
