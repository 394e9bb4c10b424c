import { serve } from "../serve";
import { createGitHubProvider } from "./provider";

serve(createGitHubProvider());
