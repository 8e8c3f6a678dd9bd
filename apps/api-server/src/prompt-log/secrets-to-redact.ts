import type { Config } from '@tandem/config'

/** As settings are called that hold one: a new one is taken out without a line here. */
const isSecretName = /(apiKey|password|secret|secretKey)$/i

/** Every secret that the operator gave us or that we made: none may reach the prompt log. */
export function secretsToRedact(
  config: Config,
  secrets: Readonly<Record<string, string>>,
): string[] {
  const named = Object.entries(config).filter(([name]) => isSecretName.test(name))
  const all: unknown[] = [
    ...config.providers.map(({ apiKey }) => apiKey),
    ...Object.values(secrets),
    ...named.map(([, value]) => value),
  ]
  return [...new Set(all.filter((secret) => typeof secret === 'string'))]
}
