import * as path from "node:path";
import { type Build, kustomizeFile, kustomizeFilesOf } from "./kustomizations";
import type { Sources } from "./sources";
import { serviceMeshes } from "./variables";

/**
 * Folders of systems and teams that none of an environment's builds reads: the environment may list them. The systems
 * of other meshes are not among them.
 */
export function unlistedSystems(sources: Sources, builds: readonly Build[], mesh: string): readonly string[] {
    const folders = ["systems", "tenants"]
        .flatMap((home) => sources.below(home))
        .filter((file) => path.posix.basename(file) === "kustomization.yaml")
        .map((file) => path.posix.dirname(file));
    const listed = new Set(builds.flatMap((build) => kustomizeFilesOf(sources, build).map(({ folder }) => folder)));
    const parts = new Set(folders.flatMap((folder) => kustomizeFile(sources, folder)?.resources ?? []));
    const others = serviceMeshes.filter((name) => name !== mesh).map((name) => `systems/${name}`);
    return folders.filter((folder) => !listed.has(folder) && !parts.has(folder) && !others.includes(folder));
}
