import { layersPicture } from "./layers";
import type { Recording } from "./recording";
import { terminalPicture } from "./terminal";

/** The pictures of the README, by the name of their file. */
export function pictures(recording: Recording): Record<string, string> {
    return { "start.svg": terminalPicture(recording), "layers.svg": layersPicture(recording) };
}
