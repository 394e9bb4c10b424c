import * as path from "node:path";

/** The scripts that a job runs to log in and push to a registry; registry-login.ts says which variables they read. */
export const pipelines = {
    charts: path.join(__dirname, "push-charts.ts"),
    images: path.join(__dirname, "push-images.ts"),
    token: path.join(__dirname, "registry-token.ts"),
};
