/** A copy without the named properties. */
export function without<T extends object, K extends PropertyKey>(object: T, ...names: readonly K[]): Omit<T, K> {
    return Object.fromEntries(
        Object.entries(object).filter(([name]) => !names.some((other) => other === name)),
    ) as Omit<T, K>;
}
