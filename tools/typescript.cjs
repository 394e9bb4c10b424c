// Loaded before each command: has Node understand TypeScript. Packages are left to Node itself, since tsx would compile
// those that are ES modules file by file at each start, 850 files for the client of Kubernetes alone.
"use strict";

const Module = require("node:module");

const byNode = Module._extensions[".js"];
require("tsx/cjs");
const byTsx = Module._extensions[".js"];
Module._extensions[".js"] = (module, file) => (/[\\/]node_modules[\\/]/.test(file) ? byNode : byTsx)(module, file);
