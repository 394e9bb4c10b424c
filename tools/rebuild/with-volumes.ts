import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type RestoredVolumes, restoredVolumesVariable } from "../../components/recovery/restored-volumes";
import type { Engine } from "./engine";
import type { Store } from "./stores";

/** Has an update bring back the volumes of the backups, before workloads would make them empty. */
export async function withVolumes(
    engine: Engine,
    stores: readonly Store[],
    update: () => Promise<void>,
): Promise<void> {
    const volumes: RestoredVolumes = stores.find((store) => store.volumes)?.volumes ?? { backup: "", claims: [] };
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-rebuild-"));
    const file = path.join(folder, "volumes.json");
    try {
        fs.writeFileSync(file, JSON.stringify(volumes));
        await engine.with({ [restoredVolumesVariable]: file }, update);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
