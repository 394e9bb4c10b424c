import type { Problem } from "../../status";

/** What is wrong, with its cause and what to type. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
    if (problems.length === 0) {
        return null;
    }
    return (
        <section aria-labelledby="problems">
            <h2 id="problems">What is wrong</h2>
            <ul class="problems">
                {problems.map(({ object, severity, message, cause, holds = [], command }) => (
                    <li key={`${object} ${message}`} class={severity}>
                        <h3>{object}</h3>
                        <p>{message}</p>
                        {cause && <p>Probable cause: {cause}</p>}
                        {holds.length > 0 && <p>Holds up: {holds.join(", ")}</p>}
                        <p class="command">
                            <code>{command}</code>
                            <button type="button" onClick={() => void navigator.clipboard.writeText(command)}>
                                Copy
                            </button>
                        </p>
                    </li>
                ))}
            </ul>
        </section>
    );
}
