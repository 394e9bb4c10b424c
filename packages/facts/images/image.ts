import { z } from "zod";
import { readFolder } from "../read-folder";

const publishedImage = z.strictObject({
    /** Where the tags were read. */
    source: z.url(),
    /** With its registry, as a pod names it. */
    image: z.string().regex(/^[a-z0-9.-]+\.[a-z]+\/[a-z0-9._/-]+$/),
    /** The last few of those that are published. */
    tags: z.array(z.string()).min(1),
});

/** An image of others whose tags Flux reads. */
export type PublishedImage = z.infer<typeof publishedImage>;

/** Reads every file of a folder. Throws with the file and the setting when one is not well formed. */
export function readImages(folder: string): Promise<PublishedImage[]> {
    return readFolder(folder, "images", publishedImage);
}
