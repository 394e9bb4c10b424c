import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

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
export async function readImages(folder: string): Promise<PublishedImage[]> {
    const files = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
    return Promise.all(
        files.map(async (name) => {
            const parsed = publishedImage.safeParse(parse(await readFile(join(folder, name), "utf8")));
            if (!parsed.success) {
                throw new Error(`packages/facts/images/${name}: ${z.prettifyError(parsed.error)}`);
            }
            return parsed.data;
        }),
    );
}
