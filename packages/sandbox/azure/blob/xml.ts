export type XmlContent =
    string | number | boolean | undefined | readonly XmlContent[] | { readonly [name: string]: XmlContent };

/** An XML document with elements only: a list repeats its element, and what is undefined is left out. */
export function xml(name: string, content: XmlContent): string {
    return `<?xml version="1.0" encoding="utf-8"?>${element(name, content)}`;
}

function element(name: string, content: XmlContent): string {
    if (content === undefined) {
        return "";
    }
    if (Array.isArray(content)) {
        return content.map((each: XmlContent) => element(name, each)).join("");
    }
    const inner =
        typeof content === "object"
            ? Object.entries(content)
                  .map(([key, value]) => element(key, value))
                  .join("")
            : escapeText(String(content));
    return `<${name}>${inner}</${name}>`;
}

function escapeText(text: string): string {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
