/**
 * Something that the person at the terminal can put right: printed without a stack trace. Never holds a secret's value.
 */
export class SecretError extends Error {}

/** sops or gpg was started, and refused. */
export class ToolRefusal extends SecretError {}

/** sops has none of the keys that decrypt a file. */
export class KeyRefusal extends ToolRefusal {}
