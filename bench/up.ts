/**
 * Times the main job in a sandbox of its own, all in one run so that the figures can be compared with each other: an
 * empty world, nothing changed, one file of the tree changed, and a rebuild after everything replaceable is gone.
 *
 * Usage: npm run bench [-- stack]. Figures of different machines, or of a busy one, say nothing about each other.
 */
import { Checkout } from "../test/support/checkout";
import { podinfoServiceAccount } from "../test/support/checkout-tree";
import { chainOf, columns, minutes, type Report } from "../tools/sandbox/report";

async function main(stack: string): Promise<void> {
    const checkout = new Checkout({ systems: "all" });
    try {
        checkout.create();
        const rows: string[][] = [["RUN", "SECONDS", "RESOURCES", "COMMITS", "PHASES"]];
        const time = async (name: string) => {
            const { code, output, report } = await checkout.start(stack);
            if (code !== 0) {
                throw new Error(`${name}: ${output}`);
            }
            rows.push(row(name, report));
            return report;
        };
        const first = await time("empty world");
        await time("nothing changed");
        const restore = checkout.edit(podinfoServiceAccount, (text) => `# changed\n${text}`);
        await time("one file changed");
        restore();
        await checkout.output("pulumi", "--stack", stack, "destroy", "--exclude-protected", "--yes", "--skip-preview");
        await time("rebuild");
        console.log(columns(rows));
        console.log(
            `\nAn empty world on Azure: ${minutes(first.onAzure.seconds)}, waiting for ${chainOf(first.onAzure)}`,
        );
    } finally {
        await checkout.remove();
    }
}

function row(name: string, { ms, changes, git, phases }: Report): string[] {
    const changed = changes.create + changes.update + changes.replace + changes.delete;
    const seconds = (value: number) => (value / 1000).toFixed(1);
    const parts = phases.map((phase) => `${phase.name} ${seconds(phase.ms)}`).join(", ");
    return [name, seconds(ms), String(changed), String(git.commits), parts];
}

main(process.argv[2] ?? "staging").catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
