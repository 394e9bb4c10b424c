/**
 * The language host that runs Pulumi programs written for Node.js: a stand-in for `pulumi-language-nodejs`.
 *
 * It starts the same program runner (`@pulumi/pulumi/cmd/run`) in the same way, so what the program does is what it
 * does under the real host. It leaves out what no deployment needs: it installs no dependencies, generates no code,
 * attaches no debugger, and does not tell the engine which plugins to download.
 */
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { engineAddress, listen } from "../listen";
import { languageService } from "./service";

listen((server) => server.addService(LanguageRuntimeService, languageService(engineAddress(process.argv.slice(2)))));
