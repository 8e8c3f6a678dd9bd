import type { ToolChoice, ToolDefinition } from '@tandem/schemas'
import { AppError } from '@tandem/schemas'
import type { Schema } from '../json/schema.ts'
import { skillOf, type SkillName } from './skills.ts'

export interface OfferedTool {
  name: string
  parameters: Schema
  skill: SkillName
}

/** The tools that may be called. @throws AppError `invalid_request` where the one to be called is not offered. */
export function readTools(
  definitions: readonly ToolDefinition[] = [],
  choice?: ToolChoice,
): OfferedTool[] {
  if (choice === 'none') return []
  const tools = definitions.flatMap(({ function: definition }) => {
    if (!definition) return []
    const { name, description, parameters } = definition
    return [{ name, parameters: parameters ?? {}, skill: skillOf(name, description ?? '') }]
  })
  const wanted = typeof choice === 'object' ? choice.function?.name : undefined
  if (wanted === undefined) return tools
  const named = tools.filter(({ name }) => name === wanted)
  if (named.length > 0) return named
  throw new AppError('invalid_request', {
    message: `The tool '${wanted.slice(0, 200)}' of 'tool_choice' is not among 'tools'.`,
    param: 'tool_choice',
  })
}
