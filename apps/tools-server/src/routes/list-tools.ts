import type { RequestHandler } from 'express'
import { sendJson } from '@tandem/http'
import type { ToolDescription } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import type { Deps } from '../deps.ts'

/** `GET /tools`: every tool, also those that are not available, with the reason. */
export function listTools({ tools }: Deps): RequestHandler {
  return (_req, res) => {
    sendJson(res, { tools: [...tools.values()].map(toDescription) })
  }
}

function toDescription(tool: Tool): ToolDescription {
  const { name, description, parameters, traits } = tool
  return { name, description, parameters, traits, available: tool.available() }
}
