import * as fs from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Document, parseDocument } from "yaml";
import { readConfiguration } from "../../components/settings/settings";
import type { Problem } from "../../components/settings/settings-rules";
import { readStackConfig } from "../doctor/stack-config";
import { newStackFile } from "../tree/new-stack";
import { InitError } from "./init-error";

/** Keys that a deployment's file has below `settings`. */
const deployment = {
    repository: ["settings", "gitHub", "repository"],
    tenant: ["settings", "operationContext", "oidc", "azure", "tenantId"],
    subscription: ["settings", "operationContext", "oidc", "azure", "subscriptionId"],
} as const;

/** What the repository came with, for a user to replace. */
const placeholder = /^landfall-example(\/|$)|(^|\.)landfall\.example$|^0{8}(-0{4}){3}-0{12}$/;

/** The two files of a stack as they are to be. Comments and what nobody was asked for stay. */
export class Plan {
    readonly isNew: boolean;
    readonly stackFile: string;
    readonly deployFile: string;
    private readonly before: Readonly<Record<string, string>>;
    private readonly stackDocument: Document;
    private readonly deployDocument: Document;
    private readonly base: Readonly<Record<string, unknown>>;
    private readonly encrypted: readonly string[];

    /** @throws TreeError or InitError if the stack that a new one is made after has not both files. */
    constructor(
        repository: string,
        readonly stack: string,
        like: string,
    ) {
        this.stackFile = `Pulumi.${stack}.yaml`;
        this.deployFile = `Pulumi.${stack}.deploy.yaml`;
        this.isNew = !fs.existsSync(path.join(repository, this.stackFile));
        const read = (file: string) => fs.readFileSync(path.join(repository, file), "utf8");
        const text = this.isNew ? newStackFile(repository, stack, like) : read(this.stackFile);
        const model = `Pulumi.${like}.deploy.yaml`;
        const hasOwn = fs.existsSync(path.join(repository, this.deployFile));
        if (!hasOwn && !fs.existsSync(path.join(repository, model))) {
            throw new InitError(`--like ${like}: ${model} does not exist, so there is no deployment to begin with`);
        }
        const deployText = hasOwn ? read(this.deployFile) : read(model).replaceAll(`stack ${like}`, `stack ${stack}`);
        this.before = { [this.stackFile]: text, [this.deployFile]: deployText };
        this.stackDocument = parseDocument(text);
        this.deployDocument = parseDocument(deployText);
        const { raw, encrypted } = readStackConfig(repository, this.isNew ? like : stack);
        this.base = raw;
        this.encrypted = encrypted;
    }

    get environment(): string {
        return this.setting("landfall:environment") ?? this.stack;
    }

    /** A setting of the stack file; undefined if it is not set, or is what the repository came with. */
    setting(key: string): string | undefined {
        return own(this.stackDocument.getIn(["config", key]));
    }

    /** The same with what the repository came with. */
    text(key: string): string {
        const value = this.stackDocument.getIn(["config", key]);
        return typeof value === "string" ? value : "";
    }

    setSetting(key: string, value: string): void {
        this.stackDocument.setIn(["config", key], value);
    }

    deployment(key: keyof typeof deployment): string | undefined {
        return own(this.deployDocument.getIn(deployment[key]));
    }

    setDeployment(key: keyof typeof deployment, value: string): void {
        this.deployDocument.setIn(deployment[key], value);
    }

    /** What is wrong with the settings of these keys. */
    problems(keys: readonly string[]): readonly Problem[] {
        const { config = {} } = this.stackDocument.toJS() as { config?: Record<string, unknown> };
        const raw = { ...this.base, ...config };
        const { problems } = readConfiguration(this.stack, raw, this.encrypted, process.env.GITHUB_TOKEN);
        return problems.filter(({ key }) => keys.includes(key));
    }

    /** The files with their texts. */
    files(): Readonly<Record<string, string>> {
        const options = { lineWidth: 0, flowCollectionPadding: false };
        return {
            [this.stackFile]: this.stackDocument.toString(options),
            [this.deployFile]: this.deployDocument.toString(options),
        };
    }

    /** A line for each value that another one takes the place of: `landfall:domain: a.example → b.example`. */
    changes(): string[] {
        const after = this.files();
        return Object.entries(this.before).flatMap(([file, text]) => {
            const [old, now] = [valuesOf(text), valuesOf(after[file] ?? "")];
            const changed = [...now].filter(([key, value]) => !isDeepStrictEqual(old.get(key), value));
            return changed.map(([key, value]) => `${file}  ${key}: ${shown(old.get(key))} → ${shown(value)}`);
        });
    }
}

function own(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" && !placeholder.test(value) ? value : undefined;
}

function shown(value: unknown): string {
    return value === undefined || value === "" ? "none" : typeof value === "string" ? value : JSON.stringify(value);
}

/** Plain values by their keys, without those of lists. */
function valuesOf(text: string): Map<string, unknown> {
    const values = new Map<string, unknown>();
    const visit = (value: unknown, key: string) => {
        if (typeof value === "object" && value !== null && !Array.isArray(value)) {
            Object.entries(value).forEach(([name, inner]) => visit(inner, key === "" ? name : `${key}.${name}`));
        } else {
            values.set(key.replace(/^config\./, ""), value);
        }
    };
    visit(parseDocument(text).toJS(), "");
    return values;
}
