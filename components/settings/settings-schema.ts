import { z } from "zod";
import { parseCidr } from "./cidr";
import { privateKeyProblem } from "./github-login";

/**
 * Kubernetes minors that AKS supports and the pinned Flux runs on (Flux 2.9: 1.34 to 1.36; AKS ends 1.34 in November
 * 2026).
 */
export const kubernetesVersions = ["1.35", "1.36"] as const;

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const labelKey = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
/** A label's key, with or without a value, and one of Kubernetes' effects. */
const taint = new RegExp(
    `${labelKey.source.slice(0, -1)}(=${labelValue.source.slice(1, -1)})?:(NoSchedule|PreferNoSchedule|NoExecute)$`,
);

/** Text of a given form; `rule` completes the sentence "<value> …". */
function text(pattern: RegExp, rule: string) {
    return z.string().regex(pattern, { error: (issue) => `${String(issue.input)} ${rule}` });
}

/** Text that may be left empty, which is the same as not set. */
function optionalText(pattern: RegExp, rule: string) {
    return text(new RegExp(`^$|${pattern.source}`, pattern.flags), rule).transform((value) => value || undefined);
}

/** A whole number from `least` to `most`; the engine hands numbers over as strings. */
function integer(least: number, most: number) {
    const rule = `write a whole number from ${least} to ${most}`;
    const error = (issue: { readonly input?: unknown }) => `${JSON.stringify(issue.input)} is not allowed; ${rule}`;
    return structured(
        z
            .int({ error: (issue) => (issue.input === undefined ? `is not set; ${rule}` : error(issue)) })
            .min(least, { error })
            .max(most, { error }),
    );
}

/** A value that the engine hands over as JSON, be it a number, a boolean, a list or an object. */
function structured<T extends z.ZodType>(schema: T) {
    return z.preprocess((value) => (typeof value === "string" ? fromJson(value) : value), schema);
}

function fromJson(value: string): unknown {
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

const cidr = z.string().refine((value) => parseCidr(value) !== undefined, {
    error: (issue) => `${String(issue.input)} is not a CIDR; write a.b.c.d/n, its first address, such as 10.0.0.0/16`,
});

const zones = z.array(
    z.preprocess((zone) => (typeof zone === "number" ? String(zone) : zone), z.enum(["1", "2", "3"])),
);

const poolSize = {
    vmSize: text(/^Standard_[A-Za-z0-9_-]+$/, "is not an Azure VM size; write one such as Standard_D4ds_v5"),
    zones: zones.refine((list) => new Set(list).size === list.length, { error: "names a zone twice" }),
};

const systemPool = z
    .strictObject({ ...poolSize, minCount: integer(1, 1000), maxCount: integer(1, 1000) })
    .refine((pool) => pool.minCount <= pool.maxCount, { error: "has a minCount above its maxCount" });

const userPool = z
    .strictObject({
        ...poolSize,
        minCount: integer(0, 1000),
        maxCount: integer(1, 1000),
        labels: z.record(text(labelKey, "is not a label key"), text(labelValue, "is not a label value")).default({}),
        taints: z.array(text(taint, "is not a taint; write key=value:NoSchedule")).default([]),
        spot: z.boolean().default(false),
    })
    .refine((pool) => pool.minCount <= pool.maxCount, { error: "has a minCount above its maxCount" });

const maintenanceWindow = z.strictObject({
    day: z.enum(weekdays),
    startTime: text(
        /^([01]\d|2[0-3]):[0-5]\d$/,
        'is not a time of day; write hours and minutes in quotes, such as "01:00"',
    ),
    durationHours: integer(4, 24),
    utcOffset: text(/^[+-](0\d|1[0-4]):[0-5]\d$/, 'is not an offset from UTC; write one in quotes, such as "+00:00"'),
});

const gitName = /^[A-Za-z0-9_.-]+$/;

const repository = new RegExp(`${gitName.source.slice(0, -1)}(@\\d+)?/${gitName.source.slice(1, -1)}(@\\d+)?$`);
const repositoryRule =
    "is not a repository; write owner/repository, or owner@id/repository@id where GitHub uses immutable subjects";

/** What Azure DevOps shows of a service connection with workload identity federation. */
const federation = z.strictObject({
    issuer: text(/^https:\/\/[a-z0-9.-]+\.(dev\.azure|microsoftonline)\.com\/\S+$/, "is not an issuer of Azure DevOps"),
    subject: text(/^\S+$/, "is not a subject; copy it from the service connection"),
});
const globalName = "registry, vault and storage names are shared by all of Azure";

/**
 * The settings of a stack by key, each as its value has to be after the engine's strings are read. What a key means is
 * said once, in Pulumi.yaml, which also holds the defaults: the engine fills them in before the program runs.
 */
export const settingsSchema = z.strictObject({
    environment: optionalText(
        /^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/,
        "is not an environment; use up to 16 lower-case letters, digits and hyphens",
    ),
    clusters: structured(
        z
            .array(text(/^[a-z][a-z0-9]{0,7}$/, "is not a cluster's name; use up to 8 lower-case letters and digits"))
            .min(1, { error: "names no cluster; write a list such as [blue]" })
            .max(2, {
                error: "names more than two clusters; a stack has one, or two while the one takes over from the other",
            })
            .refine((list) => new Set(list).size === list.length, { error: "names a cluster twice" }),
    ),
    activeCluster: z.string(),
    kubernetesVersion: z.enum(kubernetesVersions),
    clusterTier: z.enum(["Free", "Standard"]),
    systemPool: structured(systemPool),
    userPools: structured(
        z.record(text(/^[a-z]{1,11}$/, "is not a pool name; use 1 to 11 lower-case letters"), userPool),
    ),
    clusterLocation: optionalText(
        /^[a-z]+[a-z0-9]*$/,
        "is no region of Azure; write its short form, such as northeurope",
    ),
    vnetCidr: cidr,
    nodeSubnetCidr: cidr,
    podCidr: cidr,
    serviceCidr: cidr,
    authorizedIpRanges: structured(z.array(cidr)),
    deployerObjectId: optionalText(
        guid,
        "is not a GUID; copy the identity's object id (principal id) from Azure",
    ).transform(
        // As Azure writes it.
        (id) => id?.toLowerCase(),
    ),
    adminGroupObjectIds: structured(z.array(text(guid, "is not a GUID; copy the group's object id from Entra ID"))),
    upgradeChannel: z.enum(["none", "patch"]),
    nodeOsUpgradeChannel: z.enum(["None", "NodeImage", "SecurityPatch"]),
    maintenanceWindow: structured(maintenanceWindow),
    imageCleanerIntervalHours: integer(24, 2160),
    registryName: optionalText(
        /^[a-z0-9]{5,50}$/,
        `is not a registry name; use 5 to 50 lower-case letters and digits (${globalName})`,
    ),
    registrySku: z.enum(["Basic", "Standard", "Premium"]),
    keyVaultName: optionalText(
        /^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/,
        `is not a vault name; use 3 to 24 letters, digits and single hyphens, a letter first (${globalName})`,
    ),
    storageAccountName: optionalText(
        /^[a-z0-9]{3,24}$/,
        `is not a storage account name; use 3 to 24 lower-case letters and digits (${globalName})`,
    ),
    backupRedundancy: z.enum(["LRS", "ZRS", "GRS", "GZRS"]),
    backupRetentionDays: integer(1, 365),
    backupImmutableDays: integer(0, 365),
    recoverTo: optionalText(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/,
        'is not a time; write date, time and offset from UTC in quotes, such as "2026-11-27T13:45:00Z"',
    ),
    domain: optionalText(
        /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
        "is not a domain; write one such as k8s.example.com",
    ),
    serviceMesh: z.enum(["istio", "linkerd"]),
    protectDurable: structured(z.boolean()),
    fleetRepository: optionalText(/^[A-Za-z0-9_.-]{1,100}$/, "is not a repository name; write it without its owner"),
    fleetVisibility: z.enum(["private", "internal", "public"]),
    fleetBranch: optionalText(
        /^(?!.*(\.\.|\/\/|\.lock$))[A-Za-z0-9_][A-Za-z0-9_./-]*[A-Za-z0-9_-]$/,
        "is not a branch name",
    ),
    commitMode: z.enum(["direct", "pullRequest", "none"]),
    imageAutomation: structured(z.boolean()),
    fluxAppId: optionalText(/^(\d+|Iv[A-Za-z0-9.]+)$/, "is not the id of a GitHub App"),
    fluxAppInstallationId: optionalText(/^\d+$/, "is not the id of an App's installation"),
    fluxAppPrivateKey: z
        .string({ error: "is not set" })
        .trim()
        .superRefine((value, context) => {
            const problem = value === "" ? undefined : privateKeyProblem(value);
            if (problem !== undefined) {
                context.addIssue({ code: "custom", message: problem });
            }
        })
        .transform((value) => value || undefined),
    readyTimeoutMinutes: integer(1, 120),
    ciRepository: optionalText(repository, repositoryRule),
    teamPipelines: structured(
        z.record(
            text(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, "is not the name of a team in gitops/tenants"),
            z.union([text(repository, repositoryRule), federation], {
                error: "is neither a repository, such as owner/repository, nor { issuer, subject } of a service connection",
            }),
        ),
    ),
    sopsPgpPrivateKey: z
        .string({ error: "is not set" })
        .trim()
        .refine((value) => value !== "", { error: "is not set", abort: true })
        .refine(
            (value) => /^-----BEGIN PGP PRIVATE KEY BLOCK-----[^]*-----END PGP PRIVATE KEY BLOCK-----$/.test(value),
            {
                error: "is not an ASCII-armored PGP private key",
            },
        ),
    lostSopsKeys: structured(
        z.array(text(/^[0-9A-F]{40}$/, "is not the fingerprint of a PGP key; write its 40 digits in upper case")),
    ),
});

/** The keys of each structured setting, for suggestions; those of `userPools` are the keys of one pool. */
export const nestedKeys: Readonly<Record<string, readonly string[]>> = {
    systemPool: Object.keys(systemPool.shape),
    teamPipelines: Object.keys(federation.shape),
    userPools: Object.keys(userPool.shape),
    maintenanceWindow: Object.keys(maintenanceWindow.shape),
};

/** The values of the `landfall:` settings, before those that follow from others are filled in. */
export type SettingValues = z.infer<typeof settingsSchema>;

/** Every key of the `landfall:` namespace. */
export const settingKeys: readonly string[] = Object.keys(settingsSchema.shape);
