import * as assert from "node:assert/strict";
import { allRules } from "../../tools/tree/all-rules";
import { check } from "../../tools/tree/check";
import { describeFinding, type NamedFinding } from "../../tools/tree/finding";
import { type RenderOptions, renderTree } from "../../tools/tree/render";
import { type PublishedChart, shelfWith } from "./published-charts";
import { committedTree } from "./tree";
import { copiedTree, type Edit, small, withEdits } from "./tree-copy";

/** A change of the tree that breaks a rule, and what the rule has to say of it. */
export interface Example {
    /** Completes the sentence "finds …". */
    readonly finds: string;
    readonly edits: readonly Edit[];
    /** The file of the finding. Default: that of the first edit. */
    readonly file?: string;
    /** A text in the line of the finding. */
    readonly line: string;
    readonly problem: RegExp;
    readonly fix: RegExp;
    /** Default: staging with istio. */
    readonly options?: RenderOptions;
    /** Charts that the example publishes in the place of real ones. */
    readonly published?: readonly PublishedChart[];
}

/** A change that a rule has nothing against. */
export interface Counterexample {
    /** Completes the sentence "accepts …". */
    readonly accepts: string;
    readonly edits: readonly Edit[];
    readonly options?: RenderOptions;
    readonly published?: readonly PublishedChart[];
}

/** The rule holds for the tree as it lies there, in every environment and with every mesh, and finds what breaks it. */
export function describeRule(rule: string, examples: readonly (Example | Counterexample)[]): void {
    describe(`Rule ${rule}`, function () {
        this.timeout(120_000);

        it("holds in every environment, with every mesh", async () => {
            const findings = await check(await committedTree(), [rule]);
            assert.equal(findings.map(describeFinding).join("\n"), "");
        });

        for (const example of examples) {
            if ("accepts" in example) {
                it(`accepts ${example.accepts}`, async () => {
                    const { findings } = await newFindings(rule, example);
                    assert.equal(findings.map(describeFinding).join("\n"), "");
                });
            } else {
                it(`finds ${example.finds}`, () => findsExample(rule, example));
            }
        }
    });
}

async function findsExample(rule: string, example: Example): Promise<void> {
    const { findings, lineOf } = await newFindings(rule, example);
    const file = example.file ?? example.edits[0]?.file;
    const described = findings.map((finding) => `${describeFinding(finding)}\n    line: ${lineOf(finding)}`).join("\n");
    const found = findings.filter(({ problem, fix }) => example.problem.test(problem) && example.fix.test(fix));
    assert.ok(
        found.length > 0,
        `nothing like ${String(example.problem)} with ${String(example.fix)} in:\n${described}`,
    );
    const placed = found.some((finding) => finding.file === file && lineOf(finding).includes(example.line));
    assert.ok(placed, `not at the line of ${file} with ${example.line}:\n${described}`);
}

/** What a rule finds after a change and did not find before, with the text of its lines. */
async function newFindings(
    rule: string,
    { edits, options = small, published = [] }: Pick<Example, "edits" | "options" | "published">,
) {
    assert.ok(rule in allRules, `there is no rule ${rule}`);
    const before = await knownFindings(rule, options);
    const changed = published.length === 0 ? options : { ...options, shelf: shelfWith(published) };
    const after = await withEdits(edits, (root) => findingsIn(root, rule, changed));
    return { ...after, findings: after.findings.filter((finding) => !before.has(keyOf(finding))) };
}

const known = new Map<string, Promise<ReadonlySet<string>>>();

/** What a rule finds in the tree as it lies there: nothing, once it holds. */
function knownFindings(rule: string, options: RenderOptions): Promise<ReadonlySet<string>> {
    const key = `${rule} ${JSON.stringify(options)}`;
    const found =
        known.get(key) ?? findingsIn(copiedTree(), rule, options).then(({ findings }) => new Set(findings.map(keyOf)));
    known.set(key, found);
    return found;
}

async function findingsIn(root: string, rule: string, options: RenderOptions) {
    const tree = await renderTree(root, options);
    const findings = await check(tree, [rule]);
    const lineOf = ({ file, line }: NamedFinding) => tree.sources.text(file).split("\n")[line - 1] ?? "";
    return { findings, lineOf };
}

function keyOf({ file, problem, fix }: NamedFinding): string {
    return [file, problem, fix].join("\n");
}
