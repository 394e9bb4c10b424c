import * as fs from "node:fs";
import { layersPage, layersPageFile, readLayersPage } from "../tools/tree/layers-page";
import { preparePrograms } from "../tools/tree/programs";
import { renderTree } from "../tools/tree/render";
import { writePictures } from "./pictures/pictures";
import { readRecording } from "./pictures/recording";
import { azurePage, azurePageFile } from "./support/azure-page";
import { permissionsPage, permissionsPageFile, readPermissionsPage } from "./support/permissions-page";
import { treeRoot } from "./support/tree";

/** Writes the parts of docs/ that follow from the program and the tree. */
async function main(): Promise<void> {
    fs.writeFileSync(permissionsPageFile, await permissionsPage(readPermissionsPage()));
    fs.writeFileSync(azurePageFile, await azurePage());
    writePictures(readRecording());
    await preparePrograms();
    fs.writeFileSync(layersPageFile, await layersPage(readLayersPage(), await renderTree(treeRoot)));
}

void main();
