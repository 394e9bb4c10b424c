/** An error as Key Vault writes it. */
export class VaultError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        readonly inner?: string,
    ) {
        super(message);
    }
}
