import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Status } from "../../status";
import { Page } from "./page";

/** The newest status, and whether the command that reads it still answers. */
function Live() {
    const [status, setStatus] = useState<Status>();
    const [connected, setConnected] = useState(false);
    useEffect(() => {
        const source = new EventSource("events");
        source.onmessage = ({ data }) => {
            setStatus(JSON.parse(data as string) as Status);
            setConnected(true);
        };
        source.onerror = () => setConnected(false);
        return () => source.close();
    }, []);
    return status ? (
        <Page status={status} connected={connected} />
    ) : (
        <p class="loading" role="status">
            Looking at the platform …
        </p>
    );
}

render(<Live />, document.body);
