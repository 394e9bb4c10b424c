export { AzureDeployer } from "../../tools/drill/azure-deployer";
