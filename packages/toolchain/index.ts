export { cacheFolder } from "./cache-folder";
export { ensureToolchain, type Toolchain } from "./toolchain";
export { type Removed, removeToolchain, sizeOf } from "./remove";
export { checkDisk, freeMemory, gigabyte, size } from "./room";
export { ToolchainError } from "./toolchain-error";
export { answerOwnUserAlone } from "./own-peers";
