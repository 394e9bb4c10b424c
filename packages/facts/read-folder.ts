import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** Reads every file of a folder. Throws with the file and the setting when one is not well formed. */
export async function readFolder<Schema extends z.ZodType>(
    folder: string,
    name: "images" | "repositories",
    schema: Schema,
): Promise<z.infer<Schema>[]> {
    const files = (await readdir(folder)).filter((file) => file.endsWith(".yaml")).sort();
    return Promise.all(
        files.map(async (file) => {
            const parsed = schema.safeParse(parse(await readFile(join(folder, file), "utf8")));
            if (!parsed.success) {
                throw new Error(`packages/facts/${name}/${file}: ${z.prettifyError(parsed.error)}`);
            }
            return parsed.data;
        }),
    );
}
