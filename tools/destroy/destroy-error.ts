/** Something that the person at the terminal can put right: printed without a stack trace. */
export class DestroyError extends Error {}
