import type { Finding } from "./finding";
import type { Tree } from "./tree";

/** What is wrong with a tree in one respect; nothing if all is well. Looks at files and objects, changes none. */
export type Rule = (tree: Tree) => readonly Finding[] | Promise<readonly Finding[]>;
