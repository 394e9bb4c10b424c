export { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
