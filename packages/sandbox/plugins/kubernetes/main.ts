/**
 * A stand-in for the provider plugin of pulumi-kubernetes, against a real API server.
 *
 * What it leaves to the real one: it does not ask the cluster in a preview (no dry run, no rendering of charts), has no
 * `…Patch` and `…List` resources, no client-side apply, and waits for fewer kinds: a Service for its load balancer's
 * address but not for its endpoints, no Pod, Ingress, PersistentVolumeClaim. A name that the API server would refuse is
 * so found by `up` and not before.
 */
import { serve } from "../serve";
import { KubernetesProvider } from "./provider";

serve(new KubernetesProvider());
