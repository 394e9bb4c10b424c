/** Loaded before a plugin's script of the SDK, which does neither by itself. */
import { answerOwnUserAlone } from "../network/peer";
import { endWithParent } from "./parent";

answerOwnUserAlone();
endWithParent();
