import * as path from "node:path";

/** The scripts that a job runs to push to the stack's registry; registry-login.ts says which variables they read. */
export const pipelines = {
    charts: path.join(__dirname, "push-charts.ts"),
    images: path.join(__dirname, "push-images.ts"),
};
