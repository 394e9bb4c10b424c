export { checkRoles, minimalRoles, readDeployerRole } from "./azure/arm/deployer-roles";
export { demonstrationTenant } from "./azure/entra/tenant";
export type { ArchiveFile } from "./charts/charts";
export { pipelines } from "./pipeline/pipelines";
export { deployerEnvironment, engineEnvironment, exitOf, programCommands, startPulumi } from "./engine/engine";
export { type EngineEvent, type EngineSummary, EventLog, type Phase, summarize } from "./engine/event-log";
export type { CriticalPath } from "./engine/critical-path";
export { releaseStack } from "./engine/stack-lock";
export { forgetInterrupted } from "./engine/interrupted";
export { readState, timeOnAzure } from "./engine/time-on-azure";
export { changesSince, type Fleet, fleetOf, headOf } from "./engine/fleet";
export {
    checkConfigCommand,
    knownStacks,
    prepareStack,
    readStack,
    requireStack,
    stackFolder,
} from "./engine/stack-file";
export type { JobEnvironment } from "./github/actions-tokens";
export type { Fault, FaultsMet } from "./network/faults";
export { SandboxError } from "./sandbox-error";
export { ensureRunning, lock, tearDown } from "./world/lifecycle";
export {
    control,
    isAlive,
    readSession,
    sandboxDirectory,
    type Session,
    type Workspace,
    type WorldStatus,
} from "./world/session";
