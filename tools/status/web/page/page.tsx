import { useState } from "preact/hooks";
import { isKnown, type Layer, type Status } from "../../status";
import { parts } from "../../text/parts";
import { short, when } from "../../text/words";
import { Events } from "./events";
import { Graph } from "./graph";
import { LayerDetails } from "./layer-details";
import { Lines, type ShownLines } from "./lines";
import { Problems } from "./problems";

/** Everything that the terminal shows, with the layers as a graph and the newest events. */
export function Page({ status, connected }: { readonly status: Status; readonly connected: boolean }) {
    const [chosen, choose] = useState<string>();
    const layers = isKnown(status.layers) ? status.layers : [];
    const layer = layers.find(({ name }) => name === chosen);
    return (
        <>
            <Heading status={status} layers={layers} connected={connected} />
            <main>
                <Problems problems={status.problems} />
                <section aria-labelledby="layers">
                    <h2 id="layers">Layers</h2>
                    {isKnown(status.layers) ? (
                        <Graph layers={layers} chosen={chosen} choose={choose} />
                    ) : (
                        <p class="yellow">not known: {status.layers.unknown}</p>
                    )}
                    {layer && <LayerDetails layer={layer} status={status} />}
                </section>
                <div class="parts">
                    {shownParts.map((name) => (
                        <section key={name} aria-labelledby={name}>
                            <h2 id={name}>{name}</h2>
                            <Lines lines={linesOf(name, status)} />
                        </section>
                    ))}
                </div>
                <Events events={status.events} now={status.at} />
            </main>
        </>
    );
}

const shownParts = (Object.keys(parts) as (keyof typeof parts)[]).filter((name) => name !== "layers");

function linesOf(name: keyof typeof parts, status: Status): ShownLines {
    const part: object = status[name];
    const show = parts[name] as (part: object, status: Status) => ShownLines;
    return "unknown" in part ? [[{ text: `not known: ${String(part.unknown)}`, style: "yellow" }]] : show(part, status);
}

interface HeadingProps {
    readonly status: Status;
    readonly layers: readonly Layer[];
    readonly connected: boolean;
}

function Heading({ status, layers, connected }: HeadingProps) {
    const { stack, healthy, problems, flux, at } = status;
    const ready = layers.filter(({ state }) => state === "ready").length;
    const errors = problems.filter(({ severity }) => severity === "error").length;
    const [verdict, style] = healthy
        ? ["healthy", "green"]
        : errors > 0
          ? [`${errors} ${errors === 1 ? "error" : "errors"}`, "red"]
          : ["coming up", "yellow"];
    const source = isKnown(flux) ? flux.source : undefined;
    document.title = `${verdict}: ${stack}`;
    return (
        <header>
            <h1>{stack}</h1>
            <p role="status">
                <strong class={`verdict ${style}`}>{verdict}</strong> {ready} of {layers.length} layers ready
            </p>
            <p>
                {source?.commit ? (
                    <>
                        {source.branch} at <code title={source.commit}>{short(source.commit)}</code>, fetched{" "}
                        {when(source.fetched, at)}
                    </>
                ) : (
                    "no commit fetched yet"
                )}
            </p>
            <p class={connected ? "dim" : "red"}>
                {connected ? `as of ${new Date(at).toLocaleTimeString()}` : "npm run status does not answer any more"}
            </p>
        </header>
    );
}
