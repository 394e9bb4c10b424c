import { Server, ServerCredentials } from "@grpc/grpc-js";
import { answerOwnUserAlone } from "../network/peer";
import { endWithParent } from "./parent";

/** As the engine's own limit: kubeconfigs and rendered charts outgrow the default of 4 MiB. */
const maximumMessageBytes = 400 * 1024 * 1024;

/**
 * Starts a gRPC server with the services that `add` gives it, on a free port of the loopback interface, and prints the
 * port, which is how the engine finds a plugin. It answers its own user alone, and lasts as long as the engine that
 * started it.
 */
export function listen(add: (server: Server) => void): void {
    const server = new Server({
        "grpc.max_receive_message_length": maximumMessageBytes,
        "grpc.max_send_message_length": maximumMessageBytes,
    });
    add(server);
    answerOwnUserAlone();
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        if (error) {
            throw error;
        }
        process.stdout.write(`${port}\n`);
    });
    endWithParent();
}

/** The engine's address: the one argument that the engine gives a plugin beside flags. */
export function engineAddress(args: readonly string[]): string | undefined {
    return args.find((argument, index) => !argument.startsWith("-") && args[index - 1] !== "--tracing");
}
