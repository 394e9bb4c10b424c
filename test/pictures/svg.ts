export const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Colours that read on a light page and on a dark one, as the pictures have a ground of their own. */
export const colours = {
    ground: "#10151d",
    frame: "#2b3443",
    text: "#d7dee8",
    dim: "#7d8999",
    ready: "#3fb950",
    command: "#58a6ff",
} as const;

export const font = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
