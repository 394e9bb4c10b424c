import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { type Cidr, overlaps, parseCidr } from "../../components/settings/cidr";
import { field, textAt } from "./object";
import { TreeError } from "./tree-error";

/** Settings that belong to one stack alone: names that are unique in Azure, its repository and branch, and its key. */
const own = [
    "environment",
    "fleetRepository",
    "fleetBranch",
    "registryName",
    "keyVaultName",
    "storageAccountName",
    "sopsPgpPrivateKey",
    "lostSopsKeys",
    "recoverTo",
].map((key) => `landfall:${key}`);

/** Networks of which a stack takes one for its virtual network. */
export const vnetCandidates = sequence(1, 24, (index) => `10.${index * 10}.0.0/16`);

/** Address ranges of a stack, and the networks of which a new one takes the first that is free. */
const ranges: Readonly<Record<string, readonly string[]>> = {
    "landfall:vnetCidr": vnetCandidates,
    "landfall:podCidr": sequence(244, 255, (index) => `10.${index}.0.0/16`),
    "landfall:serviceCidr": sequence(20, 31, (index) => `172.${index}.0.0/16`),
};

/**
 * The text of `Pulumi.<name>.yaml`: that of another stack with ranges that no stack of the repository has, and a domain
 * of its own.
 *
 * @throws TreeError if the other stack has no file, or if no range is free.
 */
export function newStackFile(repository: string, name: string, like: string): string {
    const file = path.join(repository, `Pulumi.${like}.yaml`);
    if (!fs.existsSync(file)) {
        throw new TreeError(
            `--like ${like}: Pulumi.${like}.yaml does not exist, so there are no settings to begin with`,
        );
    }
    const text = fs.readFileSync(file, "utf8");
    const document = parseDocument(
        text.replace(`The ${like} stack.`, `The ${name} stack.`).replaceAll(`--stack ${like} `, `--stack ${name} `),
    );
    for (const key of ["encryptionsalt", "encryptedkey", "secretsprovider"]) {
        document.delete(key);
    }
    own.forEach((key) => document.deleteIn(["config", key]));
    const used = rangesOf(repository);
    for (const [key, candidates] of Object.entries(ranges)) {
        const range = candidates.find((candidate) => !used.some((other) => overlaps(other, cidr(candidate))));
        if (range === undefined) {
            throw new TreeError(
                `no range for ${key} is free: every one of ${candidates[0]} to ${candidates.at(-1)} is in use`,
            );
        }
        document.setIn(["config", key], range);
        used.push(cidr(range));
    }
    const vnet = String(document.getIn(["config", "landfall:vnetCidr"]));
    document.setIn(["config", "landfall:nodeSubnetCidr"], vnet.replace("/16", "/22"));
    const domain = document.getIn(["config", "landfall:domain"]);
    if (typeof domain === "string" && domain !== "") {
        const parent = domain.startsWith(`${like}.`) ? domain.slice(like.length + 1) : domain;
        document.setIn(["config", "landfall:domain"], `${name}.${parent}`);
    }
    return document.toString({ lineWidth: 0 });
}

/** Every range that a stack file of the repository names. */
function rangesOf(repository: string): Cidr[] {
    return fs
        .readdirSync(repository)
        .filter((file) => /^Pulumi\.[a-z0-9-]+\.yaml$/.test(file))
        .flatMap((file) => {
            const config = field(parseDocument(fs.readFileSync(path.join(repository, file), "utf8")).toJS(), "config");
            return Object.keys(ranges).flatMap((key) => parseCidr(textAt(config, [key]) ?? "") ?? []);
        });
}

function cidr(text: string): Cidr {
    const parsed = parseCidr(text);
    if (!parsed) {
        throw new Error(`${text} is not a network`);
    }
    return parsed;
}

function sequence(from: number, to: number, make: (index: number) => string): string[] {
    return Array.from({ length: to - from + 1 }, (_, index) => make(from + index));
}
