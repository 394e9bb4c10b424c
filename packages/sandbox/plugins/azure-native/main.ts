import { serve } from "../serve";
import { AzureNativeProvider } from "./provider";

serve(new AzureNativeProvider());
