/**
 * The tenant of every sandbox, in which the program takes the key and the values that the repository comes with.
 * Entra's own tenants have ids of version 4, so that none has this one, of version 8.
 */
export const demonstrationTenant = "1a2dfa11-de30-8000-8000-000000000000";
