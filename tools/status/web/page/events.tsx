import { type Event, isKnown, type Part } from "../../status";
import { when } from "../../text/words";

const shown = 20;

/** The newest events first. */
export function Events({ events, now }: { readonly events: Part<readonly Event[]>; readonly now: string }) {
    return (
        <section aria-labelledby="events">
            <h2 id="events">Events</h2>
            {isKnown(events) ? (
                <ol class="events">
                    {events.slice(0, shown).map(({ at, object, warning, reason, message }, index) => (
                        <li key={`${at} ${object} ${index}`} class={warning ? "warning" : ""}>
                            <time dateTime={at}>{when(at, now)}</time>
                            <strong>{object}</strong>
                            <span>
                                {reason}: {message}
                            </span>
                        </li>
                    ))}
                </ol>
            ) : (
                <p class="yellow">not known: {events.unknown}</p>
            )}
        </section>
    );
}
