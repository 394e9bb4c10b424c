export { ensureToolchain, type Toolchain } from "./toolchain";
export { ToolchainError } from "./toolchain-error";
