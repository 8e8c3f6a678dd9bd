export { toLocalUrl } from './base-url.ts'
export { ConfigError, type ConfigProblem } from './config-error.ts'
export {
  loadConfig,
  type Config,
  type LoadConfigOptions,
  type UpstreamLimits,
} from './load-config.ts'
export { providerNames, type ProviderConfig, type ProviderName } from './providers.ts'
export {
  loadSecrets,
  secretsPath,
  type LoadSecretsOptions,
  type SecretName,
  type Secrets,
} from './secrets.ts'
export { mainApiOnlySettings } from './settings/index.ts'
export { envExample, settingsHelp } from './settings-text.ts'
export { findUnknownSettings, type UnknownSetting } from './unknown-settings.ts'
