/** What keeps the toolchain from being built, and what to do about it: the message alone is meant for people. */
export class ToolchainError extends Error {}
