export { cacheFolder, ensureToolchain, type Toolchain } from "./toolchain";
export { ToolchainError } from "./toolchain-error";
