import type { HttpHandler, Route } from "../network/route";

/** What a bot has written to a channel. */
export interface ChatMessage {
    readonly channel: string;
    readonly text: string;
}

export interface Slack {
    readonly routes: Route[];
    /** The first first. */
    readonly messages: () => readonly ChatMessage[];
}

interface Message {
    readonly channel?: string;
    readonly text?: string;
    readonly attachments?: readonly { readonly author_name?: string; readonly text?: string }[];
}

/**
 * Slack, as far as a bot writes to a channel: method `chat.postMessage` of its Web API, with the refusals that Slack
 * documents (https://docs.slack.dev/reference/methods/chat.postMessage). It knows no workspaces: whatever looks like a
 * bot's token is one, and each channel is there, with the bot in it.
 */
export function createSlack(): Slack {
    const messages: ChatMessage[] = [];
    const handle: HttpHandler = ({ method, url, headers, body }) => {
        const refuse = (error: string) => Promise.resolve({ status: 200, body: { ok: false, error } });
        if (url.pathname !== "/api/chat.postMessage" || method !== "POST") {
            return refuse("unknown_method");
        }
        const [, token] = /^Bearer (.+)$/.exec(headers.authorization ?? "") ?? [];
        if (token?.startsWith("xoxb-") !== true) {
            return refuse(token === undefined ? "not_authed" : "invalid_auth");
        }
        const { channel = "", text, attachments = [] } = JSON.parse(body.toString("utf8")) as Message;
        if (channel === "") {
            return refuse("channel_not_found");
        }
        const written = [text, ...attachments.flatMap((each) => [each.author_name, each.text])].filter(Boolean);
        if (written.length === 0) {
            return refuse("no_text");
        }
        messages.push({ channel, text: written.join(" ") });
        const ts = `${Math.floor(Date.now() / 1000)}.${String(messages.length).padStart(6, "0")}`;
        return Promise.resolve({ status: 200, body: { ok: true, channel, ts } });
    };
    return { routes: [{ host: "slack.com", handle }], messages: () => messages };
}
