import { ollamaHost, providerUrl, text } from '../kinds.ts'
import { setting } from '../setting.ts'

/** A provider is on when its key or its base URL is set; base URLs may come with or without /v1. */
export const providerSettings = {
  openaiApiKey: setting('OPENAI_API_KEY', text, {
    doc: 'Key of OpenAI; turns the provider openai on.',
  }),
  openaiBaseUrl: setting('OPENAI_BASE_URL', providerUrl, {
    defaultDoc: 'https://api.openai.com/v1',
    doc: 'Base URL of OpenAI, or of any compatible API that should answer as openai.',
  }),
  openrouterApiKey: setting('OPENROUTER_API_KEY', text, {
    doc: 'Key of OpenRouter; turns the provider openrouter on.',
  }),
  openrouterBaseUrl: setting('OPENROUTER_BASE_URL', providerUrl, {
    default: 'https://openrouter.ai/api/v1',
    doc: 'Base URL of OpenRouter.',
  }),
  ollamaBaseUrl: setting('OLLAMA_BASE_URL', providerUrl, {
    defaultDoc: 'http://127.0.0.1:11434 where OLLAMA_MODEL is set or LLM_BACKEND is ollama or auto',
    doc: 'Base URL of Ollama; turns the provider ollama on.',
  }),
  ollamaHost: setting('OLLAMA_HOST', ollamaHost, {
    doc: "Ollama's own setting (host, host:port or URL), used where OLLAMA_BASE_URL is not set.",
  }),
  ollamaModel: setting('OLLAMA_MODEL', text, {
    doc: 'A model of Ollama; the default model where DEFAULT_MODEL is not set.',
  }),
  llamacppBaseUrl: setting('LLAMACPP_BASE_URL', providerUrl, {
    defaultDoc: 'http://127.0.0.1:8080 where LLM_BACKEND is llamacpp or auto',
    doc: "Base URL of llama.cpp's server; turns the provider llamacpp on.",
  }),
  llamacppApiKey: setting('LLAMACPP_API_KEY', text, {
    doc: "Key of llama.cpp's server, where it asks for one.",
  }),
  lmstudioBaseUrl: setting('LMSTUDIO_BASE_URL', providerUrl, {
    doc: 'Base URL of LM Studio (http://127.0.0.1:1234); turns the provider lmstudio on.',
  }),
  privateBaseUrl: setting('PRIVATE_CLOUD_ENDPOINT', providerUrl, {
    doc: 'Base URL of a private OpenAI-compatible API; turns the provider private on.',
  }),
  privateApiKey: setting('PRIVATE_CLOUD_API_KEY', text, { doc: 'Key of the private API.' }),
  localBaseUrl: setting('LOCAL_LLM_ENDPOINT', providerUrl, {
    doc: 'Base URL of an OpenAI-compatible API on your network; turns the provider local on.',
  }),
  localApiKey: setting('LOCAL_LLM_API_KEY', text, {
    doc: 'Key of the local API, where it asks for one.',
  }),
}
