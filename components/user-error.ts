import * as pulumi from "@pulumi/pulumi";

/**
 * What stops an update and somebody can correct. Pulumi prints the message alone.
 *
 * It has no stack, which nobody would see. Pulumi formats one all the same, and Node 20.20 takes some ten seconds for
 * that and gives up, since the source maps of Pulumi's SDK name files directly below a scope
 * (`node_modules/@pulumi/resource.ts`).
 */
export class UserError extends pulumi.RunError {
    constructor(message: string) {
        super(message);
        this.stack = "";
    }
}
