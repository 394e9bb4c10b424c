import type { Finding } from "../finding";
import type { Tree } from "../tree";

/** Every folder builds, the systems that no environment lists among them, and every variable has a value. */
export function builds({ failures }: Tree): readonly Finding[] {
    return failures;
}
