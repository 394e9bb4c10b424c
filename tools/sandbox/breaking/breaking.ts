import type { ClusterClient } from "../../../components/gitops/readiness/cluster-client";
import type { FleetCommits } from "./fleet-commits";

/** What a breaker works on: a stack that was healthy. */
export interface Broken {
    readonly environment: string;
    /** Folder of the sandbox. */
    readonly directory: string;
    readonly stack: string;
    readonly commits: FleetCommits;
    readonly cluster: ClusterClient;
    /** Runs a program as the deployer, who administers the cluster; gives what it prints. */
    readonly run: (program: string, ...args: string[]) => string;
}

/** One thing that goes wrong with real platforms, done as somebody does it by mistake. */
export interface Breaker {
    /** What was done, as a sentence. */
    readonly done: string;
    readonly act: (broken: Broken) => Promise<void>;
    /** The layer that notices, where no commit tells Flux to look. */
    readonly layer?: string;
}
