import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { environmentsIn, loadManifestTree } from "../../../../components/gitops/fleet/manifest-tree";
import { readTreeFolder } from "../../../../components/gitops/fleet/tree-folder";

describe("the folder of a tree", () => {
    let repository: string;
    let gitops: string;

    beforeEach(() => {
        repository = fs.mkdtempSync(path.join(os.tmpdir(), "tree-folder-"));
        gitops = path.join(repository, "gitops");
        write("clusters/staging/kustomization.yaml", "resources: []\n");
        write("clusters/production/kustomization.yaml", "resources: []\n");
        write("apps/a.yaml", "a: 1\n");
    });

    afterEach(() => fs.rmSync(repository, { recursive: true }));

    function write(file: string, content: string | Buffer): void {
        fs.mkdirSync(path.dirname(path.join(gitops, file)), { recursive: true });
        fs.writeFileSync(path.join(gitops, file), content);
    }

    const git = (...args: string[]) => execFileSync("git", ["-C", repository, ...args], { stdio: "pipe" });
    const commitAll = () => {
        git("init", "--quiet");
        git("add", "--all");
    };
    const problems = () =>
        readTreeFolder(gitops).problems.map(({ file, problem, fix }) => `${file}: ${problem}; ${fix}`);
    const files = () => Object.keys(loadManifestTree(gitops, "staging"));

    it("is every file where there is no checkout of Git", () => {
        assert.deepEqual(files(), ["apps/a.yaml", "clusters/staging/kustomization.yaml"]);
    });

    it("is what Git tracks, as it lies there, without what Git ignores", () => {
        fs.writeFileSync(path.join(repository, ".gitignore"), ".env\n*.agekey\nnode_modules/\n");
        commitAll();
        write("apps/a.yaml", "a: 2\n");
        for (const file of ["team.agekey", "apps/.env", "node_modules/m/.git/HEAD", "node_modules/m/x.js"]) {
            write(file, "secret\n");
        }
        assert.deepEqual(files(), ["apps/a.yaml", "clusters/staging/kustomization.yaml"]);
        assert.equal(loadManifestTree(gitops, "staging")["apps/a.yaml"], "a: 2\n");
    });

    it("names what Git neither tracks nor ignores, in folders of the environment", () => {
        commitAll();
        write("apps/.decrypted~a.sops.yaml", "plain\n");
        write("clusters/production/secret.yaml.bak", "plain\n");
        assert.throws(
            () => files(),
            (error: Error) => {
                assert.deepEqual(error.message.split("\n"), [
                    "gitops/ cannot be committed as it is:",
                    "  gitops/apps/.decrypted~a.sops.yaml: is not tracked by Git; " +
                        "git add gitops/apps/.decrypted~a.sops.yaml, list it in .gitignore, or remove it",
                ]);
                return true;
            },
        );
    });

    it("is that of its own repository, whatever a hook of Git says of another", () => {
        commitAll();
        const other = fs.mkdtempSync(path.join(os.tmpdir(), "tree-other-"));
        execFileSync("git", ["init", "--quiet", other]);
        fs.writeFileSync(path.join(other, "tracked"), "");
        execFileSync("git", ["-C", other, "add", "tracked"]);
        process.env.GIT_DIR = path.join(other, ".git");
        process.env.GIT_INDEX_FILE = path.join(other, ".git/index");
        try {
            assert.equal(files().length, 2);
        } finally {
            delete process.env.GIT_DIR;
            delete process.env.GIT_INDEX_FILE;
            fs.rmSync(other, { recursive: true });
        }
    });

    it("says what Git says where Git cannot be asked", () => {
        commitAll();
        fs.writeFileSync(path.join(repository, ".git/index"), "broken");
        assert.throws(() => files(), /git cannot say which files of gitops\/ it tracks: .*index/);
    });

    it("has no links, to files or to folders", () => {
        fs.symlinkSync("a.yaml", path.join(gitops, "apps/link.yaml"));
        fs.symlinkSync("apps", path.join(gitops, "other"));
        assert.deepEqual(problems(), [
            "apps/link.yaml: is a symbolic link, which Flux leaves out of what it fetches; put the file itself there",
            "other: is a symbolic link, which Flux leaves out of what it fetches; put the file itself there",
        ]);
    });

    for (const [what, make] of [
        ["a submodule", () => write("apps/vendor/.git", "gitdir: ../../.git/modules/vendor\n")],
        ["a clone", () => write("apps/vendor/.git/HEAD", "ref: refs/heads/main\n")],
    ] as const) {
        it(`is no place for ${what}`, () => {
            make();
            write("apps/vendor/a.yaml", "a: 1\n");
            const [problem, ...others] = problems();
            assert.match(problem ?? "", /^apps\/vendor: is a checkout of another repository, or a submodule, .*\.git/);
            assert.deepEqual(others, []);
        });
    }

    it("names a submodule that Git tracks", () => {
        const vendor = path.join(gitops, "apps/vendor");
        execFileSync("git", ["init", "--quiet", vendor]);
        write("apps/vendor/a.yaml", "a: 1\n");
        const as = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        execFileSync("git", ["-C", vendor, "add", "--all"]);
        execFileSync("git", ["-C", vendor, ...as, "commit", "--quiet", "--message", "a"]);
        commitAll();
        assert.match(problems().join("\n"), /^apps\/vendor: is a checkout of another repository/);
    });

    it("has texts alone, each with the same bytes on the branch", () => {
        write("text.txt", Buffer.from("\uFEFFZürich ✓\r\n", "utf8"));
        assert.deepEqual(problems(), []);
        assert.equal(loadManifestTree(gitops, "staging")["text.txt"], "\uFEFFZürich ✓\r\n");
        for (const bytes of [Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.from("Zürich", "latin1")]) {
            write("logo.bin", bytes);
            assert.match(problems().join("\n"), /^logo\.bin: is no text in UTF-8, .*binaryData/);
        }
        write("logo.bin", Buffer.from("a: 1\n", "utf16le"));
        assert.match(problems().join("\n"), /^logo\.bin: is no text in UTF-8/);
    });

    it("has the environments that are folders", () => {
        write("clusters/.DS_Store", "x");
        write("clusters/README.md", "# Environments\n");
        write("apps/README.md", "# Apps\n");
        assert.deepEqual(environmentsIn(gitops), ["production", "staging"]);
        assert.ok(files().includes("clusters/README.md") && files().includes("apps/README.md"));
    });
});
