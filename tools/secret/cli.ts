/**
 * For people who work on the tree: the real `sops`, called with the file, folder and recipients that Landfall expects.
 */
import * as path from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../run-command";
import { checkTree } from "./check";
import { editSecret } from "./edit";
import { initialise } from "./initialise";
import { type KeyVaultChoice, updateRecipients } from "./recipients";
import { rotate } from "./rotate";
import { SecretError } from "./secret-error";
import { setSecret } from "./set";
import { readValue } from "./value";

const usage = `Usage: npm run secret -- COMMAND

  initialise ENVIRONMENT
        a PGP key of your own in your keyring in place of the demonstration's, and random values for every secret value
        that the repository came with; what is yours already stays
  set ENVIRONMENT NAME KEY [--layer L --namespace N] [--anew]
        one value of a Secret, read from standard input or a hidden prompt. A Secret that does not exist is made, for the
        layer and namespace that you name.
        One newline at the end of the input is left out. --anew gives up the other values, for a Secret whose keys are lost
  edit ENVIRONMENT NAME             the Secret in $EDITOR
  recipients ENVIRONMENT [--stack S | --without-key-vault]
        writes the environment's keys into gitops/.sops.yaml, and encrypts its files to them: the PGP key in
        gitops/clusters/ENVIRONMENT/.sops.pub.asc, and the Key Vault key of the stack's outputs, none, or the same as before
  rotate ENVIRONMENT                a new data key for every file of the environment
  check [FOLDER]                    every Secret is encrypted, to all the keys that .sops.yaml names and no others

sops has to be able to decrypt a file that it changes: with the PGP private key in your keyring, or with az login.
A new Secret takes the public key alone, unless .sops.yaml names a Key Vault key: Key Vault encrypts at the service.`;

const tree = path.join(__dirname, "..", "..", "gitops");

async function main([command = "", ...args]: string[]): Promise<number> {
    const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: {
            layer: { type: "string" },
            namespace: { type: "string" },
            anew: { type: "boolean", default: false },
            stack: { type: "string" },
            "without-key-vault": { type: "boolean", default: false },
        },
    });
    const [environment = "", name = "", key = ""] = positionals;
    if (command === "check") {
        return check(environment);
    }
    const missing = environment === "" || (["set", "edit"].includes(command) && name === "");
    if (
        missing ||
        !["initialise", "set", "edit", "recipients", "rotate"].includes(command) ||
        (command === "set" && key === "")
    ) {
        console.error(usage);
        return command === "help" ? 0 : 2;
    }
    if (command === "initialise") {
        await initialise(tree, environment);
    } else if (command === "set") {
        const { layer, namespace, anew } = values;
        const secret = { environment, name, layer, namespace, anew };
        await setSecret(tree, secret, key, () => readValue(`Value of ${key}: `));
    } else if (command === "edit") {
        editSecret(tree, { environment, name });
    } else if (command === "recipients") {
        await updateRecipients(tree, environment, chosen(values.stack, values["without-key-vault"]));
    } else {
        rotate(tree, environment);
    }
    return 0;
}

function chosen(stack: string | undefined, without: boolean): KeyVaultChoice {
    if (stack !== undefined && without) {
        throw new SecretError("--stack names a Key Vault key and --without-key-vault none; give one of them");
    }
    return stack !== undefined ? { stack } : without ? "none" : "same";
}

async function check(folder: string): Promise<number> {
    const problems = await checkTree(folder === "" ? tree : path.resolve(folder));
    problems.forEach((problem) => console.error(problem));
    if (problems.length === 0) {
        console.log("Every Secret of the tree is encrypted to the keys that .sops.yaml names.");
    }
    return problems.length === 0 ? 0 : 1;
}

runCommand(main, { usage, forPeople: [SecretError] });
