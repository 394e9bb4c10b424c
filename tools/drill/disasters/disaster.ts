import type { Fix } from "./fix";
import type { Stage } from "./stage";

/** Something that goes wrong with a platform. */
export type Disaster = Rehearsed | Documented;

interface Named {
    /** For the command line. */
    readonly name: string;
    /** What happened, as the documentation says it. */
    readonly title: string;
    /** What is lost for good, for the documentation. */
    readonly lost: string;
}

/** One with a command after which the platform is whole again, which the drill rehearses. */
export interface Rehearsed extends Named {
    /** @default - the disaster is refused, and there is nothing to repair */
    readonly fix?: Fix;
    /** The marks that do not come back; see `Marks`. @default - all do */
    readonly losesMarks?: readonly string[];
    /** Makes it happen. @throws Error if it does not. */
    readonly strike: (stage: Stage) => Promise<void>;
    /** Looks whether it is over, beside what is looked at after every disaster. @throws Error if it is not. */
    readonly check?: (stage: Stage) => Promise<void>;
}

/** One that takes more than one command, or that no sandbox has. */
interface Documented extends Named {
    /** Where the commands are: a link of the documentation. */
    readonly see: string;
    /** The test that types them. @default - nobody has rehearsed it */
    readonly test?: string;
}

export function isRehearsed(disaster: Disaster): disaster is Rehearsed {
    return "strike" in disaster;
}
