import { isKnown, type Layer, type Status } from "../../status";
import { marked, when } from "../../text/words";
import { Lines } from "./lines";

/** What there is to say of one layer. */
export function LayerDetails({ layer, status }: { readonly layer: Layer; readonly status: Status }) {
    const { name, state, since, after, waitsFor, message } = layer;
    const releases = (isKnown(status.releases) ? status.releases : []).filter((release) => release.layer === name);
    return (
        <div class="details" role="region" aria-label={`Layer ${name}`} aria-live="polite">
            <h3>
                {name} is {state}
                {since && `, since ${when(since, status.at).replace(" ago", "")}`}
            </h3>
            <p>{message}</p>
            {after.length > 0 && <p>Starts after {after.join(", ")}</p>}
            {waitsFor.length > 0 && <p class="yellow">Waits for {waitsFor.join(", ")}</p>}
            <Lines lines={[releases.map((release) => marked(release.state, `${release.name} ${release.version}`))]} />
        </div>
    );
}
