/** Something that the caller of the tool has to mend: its message is all that they need. */
export class TreeError extends Error {}
