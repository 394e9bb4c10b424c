import * as fs from "node:fs";
import { LAYERS_PAGE, layersPage, readLayersPage } from "../tools/tree/layers-page";
import { preparePrograms } from "../tools/tree/programs";
import { renderTree } from "../tools/tree/render";
import { PERMISSIONS_PAGE, permissionsPage, readPermissionsPage } from "./support/permissions-page";
import { TREE_ROOT } from "./support/tree";

/** Writes the parts of docs/ that follow from the program and the tree. */
async function main(): Promise<void> {
    fs.writeFileSync(PERMISSIONS_PAGE, await permissionsPage(readPermissionsPage()));
    await preparePrograms();
    fs.writeFileSync(LAYERS_PAGE, await layersPage(readLayersPage(), await renderTree(TREE_ROOT)));
}

void main();
