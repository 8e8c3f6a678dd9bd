import { afterEach, expect, it } from '@jest/globals'
import { warnOfUnknownSettings } from '../src/warn-of-unknown-settings.ts'
import { spawnGateway, type GatewayProcess } from './support/spawn-gateway.ts'

let gateway: GatewayProcess | undefined

afterEach(() => gateway?.close())

it('a misspelt setting is told in the log, without its value', async () => {
  gateway = await spawnGateway({ OPENAI_API_KEI: 'sk-not-to-be-seen' })
  await gateway.stop('SIGTERM')
  const warnings = gateway.logs().filter(({ level }) => level === 40)
  expect(warnings).toEqual([
    expect.objectContaining({
      setting: 'OPENAI_API_KEI',
      msg: 'OPENAI_API_KEI in the environment is no setting and changes nothing: did you mean OPENAI_API_KEY?',
    }),
  ])
  expect(gateway.stdout() + gateway.stderr()).not.toContain('not-to-be-seen')
})

it('and on the terminal where the log goes into a file', () => {
  const unknown = [{ name: 'FOO', place: '.env', meant: undefined }] as const
  const logger = { warn: () => {} }
  for (const supervised of [true, false]) {
    const printed: string[] = []
    const print = (text: string): void => void printed.push(text)
    warnOfUnknownSettings(unknown, { config: { supervised }, logger, print })
    const line =
      'Warning: FOO in .env is no setting and changes nothing: --help lists the settings.\n'
    expect(printed).toEqual(supervised ? [line] : [])
  }
})
