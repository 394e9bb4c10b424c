import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

let engine: EngineClient | undefined;

/** Sends warnings from now on to the engine that started this plugin or attached to it. */
export function setEngineAddress(address: string): void {
    engine?.close();
    engine = new EngineClient(address, credentials.createInsecure());
}

/** Shows `message` as a warning in the CLI; on stderr when there is no engine. */
export async function warn(message: string): Promise<void> {
    const client = engine;
    if (!client) {
        console.error(`warning: ${message}`);
        return;
    }
    const request = new LogRequest().setSeverity(LogSeverity.WARNING).setMessage(message);
    await new Promise<void>((resolve) => {
        client.log(request, (error: Error | null) => {
            if (error) {
                console.error(`warning: ${message}`);
            }
            resolve();
        });
    });
}
