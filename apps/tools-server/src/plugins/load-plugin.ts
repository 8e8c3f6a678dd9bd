/** Imports one plugin's file and takes its tools. */
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { defineTool, errorResult, textResult, type PluginKit, type Tool } from '@tandem/tools'
import { toTool } from './to-tool.ts'

const kit: PluginKit = { defineTool, textResult, errorResult, z }
const patienceMs = 10_000

interface PluginModule {
  tools?: unknown
  createTools?: unknown
  default?: unknown
}

/**
 * Loads the file anew: modules are cached by URL, so each version has its own.
 * @throws whatever is wrong with it, in words for the operator
 */
export async function loadPlugin(path: string, version: string): Promise<Tool[]> {
  const url = pathToFileURL(path)
  url.searchParams.set('version', version)
  const loading = importPlugin(url.href)
  // A module that never finishes loading must not keep the others from being used.
  loading.catch(() => undefined)
  const late = sleep(patienceMs, undefined, { ref: false }).then(() => {
    throw new Error(`It did not load within ${patienceMs / 1000} s.`)
  })
  return Promise.race([loading, late])
}

async function importPlugin(href: string): Promise<Tool[]> {
  const module = (await import(href)) as PluginModule
  const exported = module.tools ?? module.createTools ?? module.default
  const made: unknown = typeof exported === 'function' ? await exported(kit) : exported
  if (made === undefined || made === null) {
    throw new Error("It exports no tools: export 'tools', or a function 'createTools'.")
  }
  return (Array.isArray(made) ? made : [made]).map(toTool)
}
