import { Checkout } from "../test/support/checkout";
import type { Report } from "../tools/sandbox/report";
import { BenchError } from "./bench-error";
import { ensureRunning } from "@landfall/sandbox";

/** The stack that everything is measured with. */
export const stack = "staging";

/** What the parts of one run share: a copy of the repository with a sandbox, started as far as a part needs it. */
export class Bench {
    private readonly copy: Checkout;
    private created = false;
    private first: Report | undefined;

    constructor(
        /** Small sizes and a short tree: shows that a part works, and says nothing about speed. */
        readonly quick: boolean,
        readonly log: (line: string) => void,
    ) {
        this.copy = new Checkout(quick ? {} : { systems: "all" });
    }

    /** Azure, GitHub and registries, with or without a cluster. */
    async world(): Promise<Checkout> {
        if (!this.created) {
            this.copy.create();
            this.created = true;
            await ensureRunning({ repository: this.copy.path(""), directory: this.copy.sandbox }, 0);
        }
        return this.copy;
    }

    /** The world with the stack in it, everything Ready; and what the first `npm start` reported. */
    async platform(): Promise<{ readonly checkout: Checkout; readonly coldStart: Report }> {
        const checkout = await this.world();
        if (this.first === undefined) {
            this.log("cold start");
            this.first = await this.start(checkout);
        }
        return { checkout, coldStart: this.first };
    }

    /** `npm start`, which has to end with everything Ready. */
    async start(checkout: Checkout, ...args: string[]): Promise<Report> {
        const { code, output, report } = await checkout.start(stack, ...args);
        if (code !== 0) {
            throw new BenchError(`npm start failed:\n${output}`);
        }
        return report;
    }

    async remove(): Promise<void> {
        await this.copy.remove();
    }
}
