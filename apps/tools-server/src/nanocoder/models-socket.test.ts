import { mkdir, readdir } from 'node:fs/promises'
import { createServer, request, type ClientRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { makeTempDir } from '@tandem/testing'
import { openModelsSocket } from './models-socket.ts'

const { signal } = new AbortController()

function ask(socketPath: string): ClientRequest {
  const path = '/v1/chat/completions'
  const asked = request({ socketPath, path, method: 'POST' }).on('error', () => undefined)
  return asked.end('{"messages":[]}')
}

describe('a model that thinks', () => {
  let model: Server
  let asked: Promise<unknown>
  let left: Promise<unknown>
  let access: { baseUrl: string; token: string }

  beforeEach(async () => {
    const [begun, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    model = createServer((req, res) => {
      req.resume()
      res.once('close', gone.resolve)
      begun.resolve()
    })
    asked = begun.promise
    left = gone.promise
    await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve))
    const { port } = model.address() as AddressInfo
    access = { baseUrl: `http://127.0.0.1:${port}/v1`, token: 'token' }
  })
  afterEach(() => {
    model.closeAllConnections()
    model.close()
  })

  it('is not asked any longer once the program has gone', async () => {
    const socket = await openModelsSocket(access, { signal })
    const question = ask(socket.path)
    await asked
    question.destroy()
    await left
    await socket.close()
  })

  it('nor once the program’s time is over', async () => {
    const socket = await openModelsSocket(access, { signal })
    ask(socket.path)
    await asked
    await socket.close()
    await left
  })
})

it('a socket that cannot be made leaves no folder', async () => {
  const folder = await makeTempDir()
  const within = join(folder.path, 'a-name-longer-than-the-path-of-a-socket-may-be'.repeat(3))
  await mkdir(within)
  const access = { baseUrl: '', token: '' }
  await expect(openModelsSocket(access, { signal, within })).rejects.toThrow()
  expect(await readdir(within)).toEqual([])
  await folder.remove()
})
