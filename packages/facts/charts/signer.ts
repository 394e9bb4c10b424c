import type { ChartDefinition } from "./definition";

/** Who signs a chart, as the certificate of the signature says it. */
export interface Signer {
    /** Address of the issuer of the signer's token. */
    readonly issuer: string;
    /** A workflow, with the branch or tag that it ran at. */
    readonly subject: string;
}

/** Who signs a chart of the version that the facts are of; undefined if nobody does. */
export function signerOf({ signed, version }: Pick<ChartDefinition, "signed" | "version">): Signer | undefined {
    return signed && { issuer: signed.issuer, subject: signed.subject.replace("{version}", version) };
}
