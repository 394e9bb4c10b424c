/** Why the toolchain cannot be built, and what to do. The message is for people, the stack is not. */
export class ToolchainError extends Error {}
