import { serve } from "../serve";
import { createTlsProvider } from "./provider";

serve(createTlsProvider());
