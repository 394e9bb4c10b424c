import * as net from "node:net";

/**
 * Fetches a token from the program.
 *
 * @throws Error if the program has ended or has got no token.
 */
export async function borrowToken(lender: string): Promise<string> {
    const [port, key = ""] = lender.split("/");
    const answer = await new Promise<string>((resolve, reject) => {
        const chunks: Buffer[] = [];
        const socket = net.connect(Number(port), "127.0.0.1", () => socket.write(Buffer.from(key, "hex")));
        socket.on("data", (chunk) => chunks.push(chunk));
        socket.on("end", () => resolve(Buffer.concat(chunks).toString()));
        socket.on("error", (error) => {
            reject(new Error(`the program that has a token for Azure does not answer: ${error.message}`));
        });
    });
    const { token, problem } = JSON.parse(answer || "{}") as { token?: string; problem?: string };
    if (token === undefined) {
        throw new Error(`the program has got no token for Azure: ${problem ?? "it refused the provider"}`);
    }
    return token;
}
