/** All settings, in the order in which --help and .env.example show them. A new setting is one line in one of the tables. */
import type { Setting, SettingsTable } from '../setting.ts'
import { accountSettings } from './accounts.ts'
import { agentSettings } from './agents.ts'
import { documentSettings } from './documents.ts'
import { limitSettings } from './limits.ts'
import { modelSettings } from './models.ts'
import { promptLogSettings } from './prompt-log.ts'
import { providerSettings } from './providers.ts'
import { pythonSettings } from './python.ts'
import { ragSettings } from './rag.ts'
import { secretSettings } from './secrets.ts'
import { serverSettings } from './server.ts'
import { slidesSettings } from './slides.ts'
import { storageSettings } from './storage.ts'
import { upstreamSettings } from './upstream.ts'
import { webSettings } from './web.ts'

export { modelSettings, providerSettings, upstreamSettings }

/** The settings that stand in `Config` under their own keys. */
export const plainSettings = {
  ...serverSettings,
  ...storageSettings,
  ...secretSettings,
  ...accountSettings,
  ...modelSettings,
  ...agentSettings,
  ...limitSettings,
  ...promptLogSettings,
  ...webSettings,
  ...pythonSettings,
  ...documentSettings,
  ...slidesSettings,
  ...ragSettings,
}

export interface SettingsGroup {
  readonly title: string
  readonly settings: readonly Setting<unknown>[]
}

export const settingsGroups: readonly SettingsGroup[] = [
  group('Servers', serverSettings),
  group('Folders', storageSettings),
  group('Keys and secrets', secretSettings),
  group('Accounts', accountSettings),
  group('Models', modelSettings),
  group('Agents', agentSettings),
  group('Limits', limitSettings),
  group('The log of prompts', promptLogSettings),
  group('Web search and pages', webSettings),
  group('The Python sandbox', pythonSettings),
  group('Documents', documentSettings),
  group('Slides', slidesSettings),
  group('Knowledge', ragSettings),
  group('Model providers', providerSettings),
  group('Time limits of model providers', upstreamSettings),
]

export const settingNames: readonly string[] = settingsGroups.flatMap(({ settings }) =>
  settings.map(({ name }) => name),
)

function group(title: string, table: SettingsTable): SettingsGroup {
  return { title, settings: Object.values(table) }
}

const toolsServerSecret = secretSettings.serviceSecret.name

/** Names of the settings that the tools server, which runs untrusted code, has no business knowing. */
export const mainApiOnlySettings: readonly string[] = [
  ...names(providerSettings),
  ...names(modelSettings),
  ...names(agentSettings),
  ...names(accountSettings),
  ...names(secretSettings).filter((name) => name !== toolsServerSecret),
]

function names(table: SettingsTable): string[] {
  return Object.values(table).map(({ name }) => name)
}
