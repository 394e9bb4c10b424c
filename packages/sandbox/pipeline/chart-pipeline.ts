import * as path from "node:path";

/** The script that a pipeline runs to push charts; see its own header for the variables that it reads. */
export const chartPipeline = path.join(__dirname, "push-charts.ts");
