/** Of the bench, and for people: its message says what to do. */
export class BenchError extends Error {}
