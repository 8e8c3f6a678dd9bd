import type { RequestHandler } from 'express'
import { sendJson } from '@tandem/http'
import type { Deps } from '../deps.ts'
import { endpoints } from './endpoints.ts'

/** `GET /`: what this is and what it answers to. */
export function indexPage({ version }: Deps): RequestHandler {
  return (_req, res) => {
    sendJson(res, {
      app_name: 'Tandem',
      name: 'tandem',
      version,
      description: 'A self-hosted, OpenAI-compatible LLM gateway',
      docs: '/docs',
      endpoints: endpoints.map(({ method, path, description }) => ({ method, path, description })),
    })
  }
}
