import { it } from '@jest/globals'
import { killToolsServer } from './kill-tools-server.ts'

it('goes on with many files, killed again and again while it reads, cuts and publishes', async () => {
  const moments = Array.from({ length: 10 }, (_, at) => 40 + ((at * 173) % 900))
  await killToolsServer({ files: 16, sections: 300, moments })
}, 900_000)
