import { SecretError } from "./secret-error";

/**
 * A value from standard input, less one newline at its end, or typed at a prompt that shows nothing. Never an argument,
 * which every process of the machine could read.
 *
 * @throws SecretError if it is empty, or if the person gives up.
 */
export async function readValue(prompt: string): Promise<string> {
    const value = process.stdin.isTTY ? await typed(prompt) : await piped();
    if (value === "") {
        throw new SecretError("the value is empty; nothing was changed");
    }
    return value;
}

async function piped(): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks)
        .toString("utf8")
        .replace(/\r?\n$/, "");
}

function typed(prompt: string): Promise<string> {
    // First: what somebody types as soon as the prompt is there would be shown.
    process.stdin.setRawMode(true);
    process.stderr.write(prompt);
    return new Promise((resolve, reject) => {
        let value = "";
        const end = (settle: () => void) => {
            process.stdin.setRawMode(false);
            process.stdin.pause();
            process.stderr.write("\n");
            settle();
        };
        process.stdin.setEncoding("utf8").on("data", (text: string) => {
            for (const character of text) {
                if (character === "\r" || character === "\n") {
                    end(() => resolve(value));
                    return;
                }
                if (character === "\u0003" || character === "\u0004") {
                    end(() => reject(new SecretError("nothing was changed")));
                    return;
                }
                value = character === "\u007f" ? value.slice(0, -1) : value + character;
            }
        });
    });
}
