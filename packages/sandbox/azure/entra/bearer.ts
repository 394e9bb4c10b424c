import type { HttpRequest } from "../../network/route";

/** The token of an `Authorization: Bearer …` header, or undefined without one. */
export function bearerOf({ headers }: HttpRequest): string | undefined {
    return /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
}
