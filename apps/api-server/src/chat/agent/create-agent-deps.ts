import { createToolModes, type AgentDeps } from '@tandem/agents'
import type { Config } from '@tandem/config'
import type { Logger } from 'pino'
import { createApprovalPolicy } from './approval-policy.ts'
import { loadAgentPrompts } from './load-agent-prompts.ts'

/** @throws Error where a prompt is missing */
export function createAgentDeps(
  { promptsDir, reactRetryOnError, toolApproval, toolCalling }: Config,
  logger: Logger,
): AgentDeps {
  const policy = createApprovalPolicy(toolApproval)
  return {
    prompts: loadAgentPrompts(promptsDir),
    approval: ({ name }) => policy(name),
    toolModes: createToolModes(toolCalling),
    retryTools: reactRetryOnError,
    onCrash: (err, tool) => logger.error({ err, tool }, 'a tool crashed'),
  }
}
