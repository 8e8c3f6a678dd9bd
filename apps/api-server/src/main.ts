import { loadConfig, loadSecrets } from '@tandem/config'
import { assertFree, runMain } from '@tandem/http'
import { giveHeapRoom } from './heap.ts'

/** The main API. What an operator must mend (a setting, a busy port) is told before all else is loaded. */
async function main(): Promise<void> {
  giveHeapRoom()
  const config = loadConfig({ notEmpty: ['JWT_SECRET_KEY'] })
  await assertFree({ host: config.host, port: config.mainApiPort })
  const { dataDir } = config
  const secrets = loadSecrets({ dataDir, given: config, names: ['jwtSecretKey', 'serviceSecret'] })
  const { serve } = await import('./serve.ts')
  await serve(config, secrets)
}

await runMain(main)
