/** Loaded before a plugin that does not look after its parent itself. */
import { endWithParent } from "./parent";

endWithParent();
