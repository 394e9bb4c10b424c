/** What `az acr login --expose-token` prints for the registry of the environment, in a job of GitHub Actions. */
import { registryToken, variable } from "./registry-login";

registryToken(variable("REGISTRY")).then(
    (token) => console.log(token),
    (error: Error) => {
        console.error(error.message);
        process.exitCode = 1;
    },
);
