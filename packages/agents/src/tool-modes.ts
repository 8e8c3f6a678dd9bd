import type { LanguageModel } from '@tandem/providers'
import { AppError } from '@tandem/schemas'

/** `prompted`: calls are asked for in the prompt and read from the text. */
export type ToolMode = LanguageModel['capabilities']['tools']

/** How each model calls tools: what was found out, else what was set, else what its provider says. */
export interface ToolModes {
  modeOf(model: LanguageModel): ToolMode
  remember(model: LanguageModel, mode: ToolMode): void
}

const mostRemembered = 1000

/** `overrides`: by `provider/model`, from the configuration. */
export function createToolModes(overrides: Readonly<Record<string, ToolMode>> = {}): ToolModes {
  const found = new Map<string, ToolMode>()
  return {
    modeOf(model) {
      const name = nameOf(model)
      const set = Object.hasOwn(overrides, name) ? overrides[name] : undefined
      return found.get(name) ?? set ?? model.capabilities.tools
    },
    remember(model, mode) {
      const [oldest] = found.keys()
      if (found.size >= mostRemembered && oldest !== undefined) found.delete(oldest)
      found.set(nameOf(model), mode)
    },
  }
}

function nameOf({ provider, id }: LanguageModel): string {
  return `${provider}/${id}`
}

/** How providers say that a model has no native tool calls: Ollama, OpenRouter, llama.cpp, vLLM, OpenAI, LM Studio. */
const refusals = [
  /(does not|doesn't|do not|cannot|not) support (the )?(use of )?['"`]?(tools?|functions?)\b/i,
  /(tools?|functions?)( use| us(e|age)| call(s|ing)?)?['"`]? (is|are) (not|un)[ -]?(supported|available|allowed|enabled)/i,
  /no endpoints found that support tool use/i,
  /tools param(eter)? requires --jinja/i,
  /requires --enable-auto-tool-choice/i,
  /unsupported (parameter|field|argument)s?:? ['"`]?(tools|tool_choice|functions)\b/i,
  /unrecognized (request argument|field|parameter)s?[^:]*: ['"`]?(tools|tool_choice)\b/i,
]

export function saysNoTools(error: unknown): boolean {
  return (
    error instanceof AppError &&
    !error.spent &&
    refusals.some((pattern) => pattern.test(error.message))
  )
}
