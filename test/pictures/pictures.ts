import * as fs from "node:fs";
import * as path from "node:path";
import { layersPicture } from "./layers";
import { picturesFolder, type Recording } from "./recording";
import { terminalPicture } from "./terminal";

/** The pictures of the README, by the name of their file. */
export function pictures(recording: Recording): Record<string, string> {
    return { "start.svg": terminalPicture(recording), "layers.svg": layersPicture(recording) };
}

export function writePictures(recording: Recording): void {
    for (const [name, picture] of Object.entries(pictures(recording))) {
        fs.writeFileSync(path.join(picturesFolder, name), picture);
    }
}
