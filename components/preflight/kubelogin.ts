import * as fs from "node:fs";
import * as path from "node:path";
import { chooseLogin } from "../azure/kubeconfig";
import { UserError } from "../user-error";
import type { Answer } from "./finding";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether kubelogin, which every request to the cluster starts, is on the PATH and can log in as the Azure provider
 * does.
 */
export function kubelogin(environment: Environment): Promise<Answer> {
    const key = "kubelogin";
    const problems = [];
    if (!isOnPath("kubelogin", environment.PATH ?? "")) {
        const message = "is not on the PATH, and the login to the cluster needs it; install it: az aks install-cli";
        problems.push({ key, message });
    }
    try {
        chooseLogin(environment);
    } catch (error) {
        if (!(error instanceof UserError)) {
            throw error;
        }
        problems.push({ key, message: error.message });
    }
    return Promise.resolve({ problems });
}

function isOnPath(program: string, folders: string): boolean {
    const names = process.platform === "win32" ? [`${program}.exe`, `${program}.cmd`] : [program];
    return folders
        .split(path.delimiter)
        .filter((folder) => folder !== "")
        .some((folder) => names.some((name) => isExecutable(path.join(folder, name))));
}

function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}
