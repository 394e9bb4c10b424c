import * as fs from "node:fs";
import * as path from "node:path";
import { ArmClient } from "../../components/azure/arm-client";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { isProblem, parseGitHubLogin } from "../../components/settings/github-login";
import { readStackConfig } from "../doctor/stack-config";
import { initialise as initialiseSecrets } from "../secret/initialise";
import { exportedKey, makeKey } from "../secret/keyring";
import { publicKeyOf } from "../secret/public-key";
import { addEnvironment } from "../tree/add-environment";
import { checkNewName } from "../tree/new-name";
import type { Answers } from "./answers";
import { Draft } from "./draft";
import { InitError } from "./init-error";
import { Plan } from "./plan";
import { accountQuestions, networkQuestion, otherQuestions, regionQuestion } from "./questions";
import { type AzureLogin, azureLogin, type Found, githubOwner, networks, ownRepository, regions } from "./surroundings";
import { rangesInUse, rangesOfStacks } from "./taken-ranges";

/**
 * Asks what a stack needs, with what can be found out as the proposal, and writes its files, its key and its Secrets:
 * all of it or nothing. What is the user's own already is the proposal, and changes only with another answer. Gives
 * what was written and what is next.
 *
 * @throws InitError, DoctorError, SecretError or TreeError for what the user can put right; nothing was written then.
 */
export async function initialise(repository: string, stack: string, like: string, answers: Answers): Promise<string> {
    const stacks = fs.readdirSync(repository).flatMap((file) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(file)?.[1] ?? []);
    if (!stacks.includes(stack)) {
        checkNewName(repository, "a stack", stack, []);
    }
    const plan = new Plan(repository, stack, like);
    const azure = await fill(repository, plan, stacks, answers);
    answers.check();
    plan.changes().forEach((change) => console.error(change));
    if (!(await answers.confirm("Write this, with a key and Secrets of your own where there are none?"))) {
        throw new InitError("Nothing was written.");
    }
    const draft = new Draft(repository);
    const fingerprint = await write(draft, plan, like);
    return report(plan, draft.apply(), fingerprint, azure);
}

/** Puts an answer to every question into the plan. Gives who is logged in to Azure. */
async function fill(
    repository: string,
    plan: Plan,
    stacks: readonly string[],
    answers: Answers,
): Promise<Found<AzureLogin>> {
    const { stack } = plan;
    const { project, raw } = readStackConfig(repository, plan.isNew ? (stacks[0] ?? "") : stack);
    const login = parseGitHubLogin({
        token: raw["github:token"],
        appAuth: raw["github:appAuth"],
        fromEnvironment: process.env.GITHUB_TOKEN,
    });
    console.error("Looking at Azure and GitHub …");
    const [azure, owner] = await Promise.all([
        azureLogin(project, stack),
        isProblem(login) ? { reason: login.message } : githubOwner(login),
    ]);
    for (const question of accountQuestions(plan, azure)) {
        await answers.ask(question);
    }
    const scope = { project, stack, subscriptionId: plan.deployment("subscription") ?? "" };
    const [known, existing] = await lookInto(azure, scope.subscriptionId);
    const others = rangesOfStacks(
        repository,
        stacks.filter((other) => other !== stack),
    );
    const questions = [
        regionQuestion(plan, known),
        networkQuestion(plan, rangesInUse(existing, scope), others),
        ...otherQuestions(plan, owner, ownRepository(repository)),
    ];
    for (const question of questions) {
        await answers.ask(question);
    }
    return azure;
}

function lookInto(azure: Found<AzureLogin>, subscriptionId: string) {
    if ("reason" in azure) {
        return [azure, azure] as const;
    }
    const arm = new ArmClient(azure.value.token);
    return Promise.all([regions(arm, subscriptionId), networks(arm, subscriptionId)]);
}

/** Writes everything to the draft. Gives the fingerprint of the environment's key. */
async function write(draft: Draft, plan: Plan, like: string): Promise<string> {
    const { environment } = plan;
    if (!environmentsIn(draft.tree).includes(environment)) {
        const pgpKey = path.join(draft.folder, "key.pub");
        fs.writeFileSync(pgpKey, exportedKey(makeKey(environment)));
        await addEnvironment(draft.folder, environment, { like, pgpKey });
    }
    Object.entries(plan.files()).forEach(([file, text]) => draft.write(file, text));
    await initialiseSecrets(draft.tree, environment);
    return (await publicKeyOf(draft.tree, environment)).fingerprint;
}

function report(plan: Plan, files: readonly string[], fingerprint: string, azure: Found<AzureLogin>): string {
    const { stack } = plan;
    const subscription = plan.deployment("subscription") ?? "";
    const isThere = "value" in azure && azure.value.subscriptionId.toLowerCase() === subscription;
    const written = files.length === 0 ? ["Everything was so already; nothing was written."] : ["Wrote:", ...files];
    return [
        ...written.map((line, at) => (at === 0 ? line : `  ${line}`)),
        "Next, after a look at git diff and a commit:",
        // The program goes wherever the login is.
        ...(isThere ? [] : [`  az account set --subscription ${subscription}`]),
        `  npm run doctor -- --stack ${stack}`,
        `  pulumi stack init ${stack}`,
        `  gpg --armor --export-secret-keys ${fingerprint} | pulumi config set --stack ${stack} --secret sopsPgpPrivateKey`,
        `  pulumi up --stack ${stack}`,
    ].join("\n");
}
