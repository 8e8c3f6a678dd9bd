import { flag, number, text, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

export const modelSettings = {
  defaultModel: setting('DEFAULT_MODEL', text, {
    defaultDoc: 'ollama/OLLAMA_MODEL where that is set',
    doc: 'Model of requests that name none, as provider/model.',
  }),
  defaultTemperature: setting('DEFAULT_TEMPERATURE', number({ min: 0, max: 2 }), {
    doc: 'Temperature of requests that give none; unset leaves it to the provider.',
  }),
  maxConversationHistory: setting('MAX_CONVERSATION_HISTORY', wholeNumber({ min: 0, max: 1000 }), {
    default: '50',
    doc: "Most messages of a session's history that go before a new one; the oldest are left out.",
  }),
  llmBackend: setting(
    'LLM_BACKEND',
    text.transform((name) => name.toLowerCase()),
    {
      doc: 'Provider that model names without a provider prefer: ollama, llamacpp, auto (both), or another by its name.',
    },
  ),
  demoModel: setting('DEMO_MODEL', flag, {
    default: 'on',
    doc: 'Whether demo/assistant, the built-in model that needs no key, is offered.',
  }),
  listAgentModels: setting('LIST_AGENT_MODELS', flag, {
    default: 'on',
    doc: 'Whether /v1/models lists each model behind each agent as well (react/openai/gpt-4o); such names work in any case.',
  }),
}
