import type { sendUnaryData, ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import { version } from "@pulumi/pulumi/package.json";
import * as proto from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { directDependencies } from "./dependencies";
import { ProgramRunner } from "./program";

/** The language runtime's calls. What is not here the engine is told is unimplemented. */
export function languageService(initialEngineAddress = ""): UntypedServiceImplementation {
    const runner = new ProgramRunner();
    let engine = initialEngineAddress;
    return {
        handshake: unary((request: proto.LanguageHandshakeRequest) => {
            engine = request.getEngineAddress();
            return new proto.LanguageHandshakeResponse();
        }),
        getPluginInfo: unary((_: Empty) => new PluginInfo().setVersion(version)),
        getRequiredPlugins: unary((_: proto.GetRequiredPluginsRequest) => new proto.GetRequiredPluginsResponse()),
        getRequiredPackages: unary((_: proto.GetRequiredPackagesRequest) => new proto.GetRequiredPackagesResponse()),
        about: unary((_: proto.AboutRequest) =>
            new proto.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
        ),
        getProgramDependencies: unary((request: proto.GetProgramDependenciesRequest) =>
            new proto.GetProgramDependenciesResponse().setDependenciesList(
                directDependencies(request.getInfo()?.getProgramDirectory() ?? request.getPwd()).map(
                    ({ name, version }) => new proto.DependencyInfo().setName(name).setVersion(version),
                ),
            ),
        ),
        runtimeOptionsPrompts: unary((_: proto.RuntimeOptionsRequest) => new proto.RuntimeOptionsResponse()),
        installDependencies: (
            call: ServerWritableStream<proto.InstallDependenciesRequest, proto.InstallDependenciesResponse>,
        ) => call.end(),
        run: unary((request: proto.RunRequest) => runner.run(request, engine)),
        cancel: unary((_: Empty) => {
            runner.cancel();
            return new Empty();
        }),
    };
}

function unary<Request, Response>(handle: (request: Request) => Promise<Response> | Response) {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
        Promise.resolve(call.request)
            .then(handle)
            .then(
                (response) => callback(null, response),
                (error: unknown) => callback({ details: error instanceof Error ? error.message : String(error) }),
            );
    };
}
