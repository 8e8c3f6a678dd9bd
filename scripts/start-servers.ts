/** Starts both servers and stops them together; `start-servers.sh` comes here. */
import { join } from 'node:path'
import { startServers } from './supervisor/start-servers.ts'

const root = join(import.meta.dirname, '..')

process.exitCode = await startServers(process.argv.slice(2), {
  root,
  apiScript: join(root, 'apps/api-server/src/main.ts'),
  toolsScript: join(root, 'apps/tools-server/src/main.ts'),
})
