export { ensureToolchain, type Toolchain, type ToolchainOptions } from "./toolchain";
export { ToolchainError } from "./toolchain-error";
