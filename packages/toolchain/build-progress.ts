import type { Family } from "./programs";

/** How far each family is: packages that are compiled, of those it needs. */
interface Share {
    readonly weight: number;
    done: number;
    of: number;
}

/**
 * How far the build of families is, by the packages that Go has compiled. One line that is written over on a terminal;
 * without one, a line a minute.
 */
export class BuildProgress {
    private readonly shares: ReadonlyMap<Family, Share>;
    private readonly active = new Set<Family>();
    private readonly start = Date.now();
    private readonly timer: NodeJS.Timeout;

    constructor(
        families: readonly Family[],
        private readonly log: (line: string) => void,
        private readonly terminal = process.stderr.isTTY ? process.stderr : undefined,
    ) {
        this.shares = new Map(families.map((family) => [family, { weight: family.weight, done: 0, of: 0 }]));
        this.timer = setInterval(() => this.show(), terminal ? 500 : 60_000);
    }

    /** A family begins, which needs so many packages. */
    begin(family: Family, packages: number): void {
        this.active.add(family);
        this.share(family).of = packages;
    }

    compiled(family: Family): void {
        this.share(family).done += 1;
    }

    /** A family has ended; `programs` are those that it gave. */
    end(family: Family, programs: readonly string[]): void {
        this.active.delete(family);
        const share = this.share(family);
        share.done = share.of;
        this.clear();
        this.log(`toolchain  built ${programs.join(", ")}`);
    }

    stop(): void {
        clearInterval(this.timer);
        this.clear();
    }

    private share(family: Family): Share {
        const share = this.shares.get(family);
        if (!share) {
            throw new Error(`${family.title} is not among the families that are built`);
        }
        return share;
    }

    private show(): void {
        const line = describeProgress([...this.shares.values()], Date.now() - this.start);
        const names = [...this.active].map(({ title }) => title).join(", ");
        if (this.terminal) {
            this.clear();
            this.terminal.write(`toolchain  ${line}  ${names}`.slice(0, (this.terminal.columns || 80) - 1));
        } else {
            this.log(`toolchain  ${line}  ${names}`);
        }
    }

    private clear(): void {
        // The start of the line, and nothing to the right of it.
        this.terminal?.write("\r\x1b[K");
    }
}

const barWidth = 24;

/** A bar, a percentage, and the time that is left at the speed so far, once there is one to speak of. */
export function describeProgress(shares: readonly Readonly<Share>[], elapsedMs: number): string {
    const whole = shares.reduce((sum, { weight }) => sum + weight, 0);
    const done = shares.reduce((sum, { weight, done, of }) => sum + (of === 0 ? 0 : (weight * done) / of), 0);
    const part = Math.min(done / whole, 1);
    const filled = Math.round(part * barWidth);
    const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
    const left = part < 0.02 ? "" : `  ${duration((elapsedMs * (1 - part)) / part / 1000)} left`;
    return `${bar} ${String(Math.floor(part * 100)).padStart(3)} %${left}`;
}

function duration(seconds: number): string {
    const whole = Math.round(seconds);
    return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
