/**
 * A provider plugin's process: the gRPC server that the engine starts, around a `Provider`.
 *
 * It does what `pulumi.provider.main` of the SDK leaves out: configuration, previews, detailed differences, secrets.
 */
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { setEngineAddress } from "./engine-log";
import { engineAddress, listen } from "./listen";
import type { Provider } from "./provider";
import { providerService } from "./service";

/** Serves `provider` to the engine that started this process. */
export function serve(provider: Provider): void {
    const address = engineAddress(process.argv.slice(2));
    if (address) {
        setEngineAddress(address);
    }
    listen((server) => server.addService(ResourceProviderService, providerService(provider)));
}
