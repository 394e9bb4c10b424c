/** A mistake or an obstacle that the person at the terminal can do something about: printed without a stack trace. */
export class SandboxError extends Error {}
