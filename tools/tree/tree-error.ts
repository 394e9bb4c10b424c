/** A mistake of the tool's caller. Its message is all that they need. */
export class TreeError extends Error {}
