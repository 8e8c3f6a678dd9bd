import type { ConfigProblem } from './config-error.ts'
import type { ValuesOf } from './setting.ts'
import { type modelSettings, providerSettings } from './settings/index.ts'

/** An OpenAI-compatible API that the environment names. */
export interface ProviderConfig {
  /** As in `provider/model`. */
  name: ProviderName
  /** Ends in a version such as `/v1`, without a slash after it. */
  baseUrl: string
  apiKey?: string | undefined
}

export const providerNames = [
  'openai',
  'openrouter',
  'ollama',
  'llamacpp',
  'lmstudio',
  'private',
  'local',
] as const

export type ProviderName = (typeof providerNames)[number]

type Values = ValuesOf<typeof providerSettings> & ValuesOf<typeof modelSettings>

/** The providers that are on, in the order in which they are asked for a bare model name. */
export function toProviders(values: Values): ProviderConfig[] {
  const baseUrls = toBaseUrls(values)
  const apiKeys: Partial<Record<ProviderName, string | undefined>> = {
    openai: values.openaiApiKey,
    openrouter: values.openrouterApiKey,
    llamacpp: values.llamacppApiKey,
    private: values.privateApiKey,
    local: values.localApiKey,
  }
  return providerNames.flatMap((name) => {
    const baseUrl = baseUrls[name]
    return baseUrl === undefined ? [] : [{ name, baseUrl, apiKey: apiKeys[name] }]
  })
}

function toBaseUrls(values: Values): Record<ProviderName, string | undefined> {
  const backends = values.llmBackend === 'auto' ? ['ollama', 'llamacpp'] : [values.llmBackend]
  const wantsOllama = backends.includes('ollama') || values.ollamaModel !== undefined
  return {
    openai: values.openaiBaseUrl ?? (values.openaiApiKey && 'https://api.openai.com/v1'),
    openrouter: values.openrouterApiKey && values.openrouterBaseUrl,
    ollama:
      values.ollamaBaseUrl ??
      values.ollamaHost ??
      (wantsOllama ? 'http://127.0.0.1:11434/v1' : undefined),
    llamacpp:
      values.llamacppBaseUrl ??
      (backends.includes('llamacpp') ? 'http://127.0.0.1:8080/v1' : undefined),
    lmstudio: values.lmstudioBaseUrl,
    private: values.privateBaseUrl,
    local: values.localBaseUrl,
  }
}

/** What each setting says is right by itself, but together they cannot work. */
export function findProviderProblems(values: Values): ConfigProblem[] {
  const needsUrl = [
    { key: 'privateApiKey', url: 'privateBaseUrl' },
    { key: 'localApiKey', url: 'localBaseUrl' },
  ] as const
  const problems: ConfigProblem[] = needsUrl
    .filter(({ key, url }) => values[key] !== undefined && values[url] === undefined)
    .map(({ key, url }) => ({
      setting: providerSettings[key].name,
      message: `set ${providerSettings[url].name} too, the base URL that this key is for`,
    }))
  const { llmBackend } = values
  const usable = ['auto', 'demo', ...toProviders(values).map(({ name }) => name)]
  if (llmBackend !== undefined && !usable.includes(llmBackend)) {
    const known = providerNames.some((name) => name === llmBackend)
    const remedy = known
      ? `the provider ${llmBackend} is not set up; give its key or base URL as well`
      : `choose one of auto, demo, ${providerNames.join(', ')}`
    problems.push({ setting: 'LLM_BACKEND', message: remedy })
  }
  return problems
}

/** DEFAULT_MODEL as it stands, else OLLAMA_MODEL as `ollama/<model>`. */
export function toDefaultModel(values: Values): string | undefined {
  const { defaultModel, ollamaModel } = values
  if (defaultModel !== undefined || ollamaModel === undefined) return defaultModel
  return ollamaModel.startsWith('ollama/') ? ollamaModel : `ollama/${ollamaModel}`
}
