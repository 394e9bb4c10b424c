/** Something that the person at the terminal can put right: printed without a stack trace. Nothing was written. */
export class InitError extends Error {}
