import { loadConfig, loadSecrets } from '@tandem/config'
import { assertFree, runMain } from '@tandem/http'
import { lowerPriority } from './lower-priority.ts'

/** The tools server. What an operator must mend (a setting, a busy port) is told before all else is loaded. */
async function main(): Promise<void> {
  lowerPriority()
  const config = loadConfig()
  await assertFree({ host: config.host, port: config.toolsPort })
  const { dataDir } = config
  const secrets = loadSecrets({ dataDir, given: config, names: ['serviceSecret'] })
  const { serve } = await import('./serve.ts')
  await serve(config, secrets)
}

await runMain(main)
