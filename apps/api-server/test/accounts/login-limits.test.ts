/** Passwords cannot be tried out over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { adminName, adminPassword, startGateway, type Gateway } from '../support/start-gateway.ts'
import { addPerson, ask, type Person } from './people.ts'

/** Behind a proxy, so that each test may come from an address of its own. */
let gateway: Gateway
let count = 0
beforeAll(async () => {
  gateway = await startGateway({ env: { TRUST_PROXY: 'loopback' } })
})
afterAll(async () => gateway.close())

type Headers = Record<string, string>

const newAddress = (): Headers => ({ 'x-forwarded-for': `10.0.${++count}.1` })
const newPerson = (): Promise<Person> => addPerson(gateway, `person${++count}`)

const attempt = (username: string, password: string, headers: Headers) =>
  ask(gateway, '/api/auth/login', { body: { username, password }, headers })

async function fail(times: number, username: string, headers: Headers): Promise<number[]> {
  const tries = Array.from({ length: times }, () => attempt(username, 'wrong password', headers))
  return (await Promise.all(tries)).map(({ status }) => status)
}

/** Fifty names that nobody has. */
async function tryOutNames(headersOf: (at: number) => Headers): Promise<number[]> {
  const names = Array.from({ length: 50 }, (_, at) => `nobody${count}-${at}`)
  const tries = names.map((name, at) => attempt(name, 'wrong password', headersOf(at)))
  return (await Promise.all(tries)).map(({ status }) => status)
}

describe('an account', () => {
  it('is closed after ten failures, also to the right password, and says for how long', async () => {
    const { username, password, token, key } = await newPerson()
    const from = newAddress()
    expect(await fail(10, username, from)).toEqual(Array.from({ length: 10 }, () => 401))
    const { status, json, headers } = await attempt(username, password, from)
    expect([status, json.error.code]).toEqual([429, 'rate_limit_exceeded'])
    expect(json.error.message).toMatch(/^Too many failed logins/)
    const seconds = Number(headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(600)
    expect(seconds).toBeLessThanOrEqual(900)
    expect((await attempt(username.toUpperCase(), password, newAddress())).status).toBe(429)
    expect((await attempt(adminName, adminPassword, from)).status).toBe(200)
    for (const as of [token, key])
      expect((await ask(gateway, '/api/auth/me', { as })).status).toBe(200)
  })

  it('takes no more tries from many at once', async () => {
    const { username } = await newPerson()
    const statuses = await fail(30, username, newAddress())
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
  })

  it('forgets its failures at a success', async () => {
    const { username, password } = await newPerson()
    const from = newAddress()
    for (let round = 0; round < 3; round += 1) {
      await fail(9, username, from)
      expect((await attempt(username, password, from)).status).toBe(200)
    }
  })

  it('counts no request that was not valid', async () => {
    const { username, password } = await newPerson()
    const from = newAddress()
    for (let at = 0; at < 15; at += 1) await attempt(username, 'x\0y', from)
    expect((await attempt(username, password, from)).status).toBe(200)
  })
})

describe('an address', () => {
  it('is closed after fifty failures, whatever the names; others are not', async () => {
    const { username, password } = await newPerson()
    const from = newAddress()
    expect(new Set(await tryOutNames(() => from))).toEqual(new Set([401]))
    expect((await attempt(username, password, from)).status).toBe(429)
    expect((await attempt(username, password, newAddress())).status).toBe(200)
    // Whoever is behind the proxy may add what they like in front: the last one counts.
    const spoofed = { 'x-forwarded-for': `10.99.99.99, ${from['x-forwarded-for']}` }
    expect((await attempt(username, password, spoofed)).status).toBe(429)
  })

  it('without TRUST_PROXY is not what a client says it is', async () => {
    const direct = await startGateway()
    const behind = gateway
    gateway = direct
    await tryOutNames((at) => ({ 'x-forwarded-for': `10.1.0.${at}` }))
    const { status } = await attempt(adminName, adminPassword, { 'x-forwarded-for': '10.9.9.9' })
    gateway = behind
    await direct.close()
    expect(status).toBe(429)
  })
})
