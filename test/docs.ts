import * as fs from "node:fs";
import { PERMISSIONS_PAGE, permissionsPage, readPermissionsPage } from "./support/permissions-page";

/** Makes anew the parts of docs/ that follow from the program. */
async function main(): Promise<void> {
    fs.writeFileSync(PERMISSIONS_PAGE, await permissionsPage(readPermissionsPage()));
}

void main();
