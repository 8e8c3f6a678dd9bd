import type { Config } from '@tandem/config'

/** Every secret that the operator gave us or that we made: none may reach the prompt log. */
export function secretsToRedact(
  { providers, adminApiKey, adminPassword, jwtSecretKey, serviceSecret }: Config,
  secrets: Readonly<Record<string, string>>,
): string[] {
  const all = [
    ...providers.map(({ apiKey }) => apiKey),
    ...Object.values(secrets),
    adminApiKey,
    adminPassword,
    jwtSecretKey,
    serviceSecret,
  ]
  return [...new Set(all.filter((secret) => secret !== undefined))]
}
