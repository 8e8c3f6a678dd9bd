import { it } from '@jest/globals'
import { killToolsServer } from './kill-tools-server.ts'

it('goes on with files after kill -9, whole or not there', async () => {
  await killToolsServer({ files: 3, sections: 40, moments: [700] })
}, 120_000)
