import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface DeployKey {
    readonly id: number;
    readonly title: string;
    /** Type and base64 only, as GitHub gives it back: the comment is dropped. */
    readonly key: string;
    readonly readOnly: boolean;
    readonly createdAt: string;
    lastUsed?: string;
}

export interface Ruleset {
    readonly id: number;
    readonly name: string;
    readonly target: "branch" | "tag" | "push";
    readonly enforcement: "active" | "evaluate" | "disabled";
    readonly bypassActors: readonly BypassActor[];
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    readonly rules: readonly Rule[];
    readonly createdAt: string;
}

export interface BypassActor {
    readonly actor_id: number | null;
    readonly actor_type: string;
    readonly bypass_mode: string;
}

export interface Rule {
    readonly type: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Branch protection of one branch, with the names of the REST API. */
export interface Protection {
    readonly required_status_checks: { readonly strict: boolean; readonly contexts: readonly string[] } | null;
    readonly enforce_admins: boolean;
    readonly required_pull_request_reviews: Readonly<Record<string, unknown>> | null;
    readonly required_linear_history: boolean;
    readonly allow_force_pushes: boolean;
    readonly allow_deletions: boolean;
    readonly lock_branch: boolean;
}

export interface PullRequest {
    readonly number: number;
    readonly createdAt: string;
    title: string;
    body: string | null;
    state: "open" | "closed";
    readonly head: string;
    base: string;
    /** Commits at the time of closing; while open the branches say it. */
    headSha: string;
    baseSha: string;
    mergedAt: string | null;
    mergeCommit: string | null;
}

export interface CommitStatus {
    readonly id: number;
    readonly sha: string;
    readonly state: string;
    readonly context: string;
    readonly description: string | null;
    readonly target_url: string | null;
    readonly created_at: string;
}

export interface Repository {
    readonly id: number;
    readonly owner: string;
    name: string;
    readonly formerNames: string[];
    defaultBranch: string;
    readonly createdAt: string;
    updatedAt: string;
    /** Settings with the names of the REST API. */
    readonly settings: Record<string, unknown>;
    vulnerabilityAlerts: boolean;
    readonly keys: DeployKey[];
    readonly rulesets: Ruleset[];
    readonly protections: Record<string, Protection>;
    readonly pulls: PullRequest[];
    readonly statuses: CommitStatus[];
}

interface State {
    nextId: number;
    readonly repositories: Repository[];
}

/** All that GitHub knows beside git: kept in one file, so that a sandbox that is started again finds it. */
export class Store {
    private readonly file: string;
    private readonly state: State;

    constructor(private readonly directory: string) {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        this.file = join(directory, "github.json");
        this.state = load(this.file) ?? { nextId: 1_000_001, repositories: [] };
    }

    get repositories(): readonly Repository[] {
        return this.state.repositories;
    }

    newId(): number {
        return this.state.nextId++;
    }

    /** Names of repositories do not differ by case alone. */
    find(owner: string, name: string): Repository | undefined {
        return this.state.repositories.find((one) => same(one.owner, owner) && same(one.name, name));
    }

    /** The repository that had this name before it was renamed. */
    findFormer(owner: string, name: string): Repository | undefined {
        return this.state.repositories.find(
            (one) => same(one.owner, owner) && one.formerNames.some((former) => same(former, name)),
        );
    }

    byId(id: number): Repository | undefined {
        return this.state.repositories.find((one) => one.id === id);
    }

    path(repository: Pick<Repository, "owner" | "name">): string {
        return join(this.directory, "repositories", repository.owner, `${repository.name}.git`);
    }

    add(repository: Repository): void {
        this.state.repositories.push(repository);
        this.save();
    }

    remove(repository: Repository): void {
        this.state.repositories.splice(this.state.repositories.indexOf(repository), 1);
        this.save();
    }

    save(): void {
        const draft = `${this.file}.new`;
        writeFileSync(draft, JSON.stringify(this.state, null, 2), { mode: 0o600 });
        renameSync(draft, this.file);
    }
}

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

function load(file: string): State | undefined {
    try {
        return JSON.parse(readFileSync(file, "utf8")) as State;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw new Error(`cannot read the state of the GitHub stand-in at ${file}; remove the sandbox with "down"`, {
            cause: error,
        });
    }
}
