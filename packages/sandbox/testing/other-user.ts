import { execFile, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { promisify } from "node:util";

/** Prints of each address whether it closes a connection, stays silent on it, or answers. */
const script = `
    # Who is closed upon before it has written is not ended by that.
    trap "" PIPE
    for address in "$@"; do
        said=closed
        if exec 3<>"/dev/tcp/\${address%:*}/\${address#*:}" && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; then
            said=$(timeout 2 head -c 1 <&3 | wc -c; [ "\${PIPESTATUS[0]}" = 124 ] && echo silent)
        fi
        exec 3>&-
        case "$said" in closed|0) said=closed ;; 1) said=answers ;; *) said=silent ;; esac
        echo "$address $said"
    done`;

/** How a command line begins that runs as a user who owns nothing; undefined where this user may not become another. */
export function otherUser(): readonly string[] | undefined {
    const become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const ways = [become, ["sudo", "--non-interactive", ...become]];
    return ways.find(([command = "", ...args]) => spawnSync(command, [...args, "true"]).status === 0);
}

/** What each address of the loopback interface says to a user: `closed`, `silent` or `answers`. */
export async function saidTo(user: readonly string[], addresses: readonly string[]): Promise<Map<string, string>> {
    const [command = "", ...args] = [...user, "bash", "-c", script, "bash", ...addresses];
    const { stdout } = await promisify(execFile)(command, args, { cwd: "/", maxBuffer: 1024 * 1024 });
    return new Map(
        stdout
            .trim()
            .split("\n")
            .map((line) => line.split(" ") as [string, string]),
    );
}

/** The ports that some processes have opened, by address, each with the process's command. */
export function openPorts(pids: readonly number[]): Map<string, string> {
    const listening = new Map<string, string>();
    for (const line of readFileSync("/proc/net/tcp", "ascii").split("\n").slice(1)) {
        const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
        if (state === "0A") {
            const [address = "", port = ""] = local.split(":");
            const bytes = Buffer.from(address, "hex").reverse();
            listening.set(`socket:[${inode}]`, `${bytes.join(".")}:${parseInt(port, 16)}`);
        }
    }
    const open = new Map<string, string>();
    for (const pid of pids) {
        for (const file of readdirSync(`/proc/${pid}/fd`)) {
            const address = listening.get(readlinkSync(`/proc/${pid}/fd/${file}`));
            if (address !== undefined) {
                open.set(address, readFileSync(`/proc/${pid}/comm`, "utf8").trim());
            }
        }
    }
    return open;
}
