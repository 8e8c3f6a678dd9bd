/** Open sign-up is no way to make accounts by the thousand, nor to try out which names there are. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startGateway, type Gateway } from '../support/start-gateway.ts'
import { ask, type Asked } from './people.ts'

let gateway: Gateway
let count = 0
/** Behind a proxy, so that each test may come from an address of its own. */
const start = async (limit: Record<string, string>): Promise<void> => {
  gateway = await startGateway({ env: { SIGNUP: 'open', TRUST_PROXY: 'loopback', ...limit } })
}
beforeEach(() => start({ SIGNUPS_PER_HOUR: '3' }))
afterEach(async () => gateway.close())

function signUp(address: string, username = `somebody${++count}`): Promise<Asked> {
  const body = { username, password: 'a long enough password' }
  return ask(gateway, '/api/auth/signup', { body, headers: { 'x-forwarded-for': address } })
}

describe('an address', () => {
  it('makes three accounts an hour, then it is told when it may make the next one', async () => {
    const many = await Promise.all(Array.from({ length: 5 }, () => signUp('10.0.0.1')))
    expect(many.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 201, 201, 429, 429,
    ])
    const { headers, json } = await signUp('10.0.0.1')
    expect(json.error).toEqual({
      message: expect.stringMatching(
        /^Too many sign-ups from your address: 3 an hour\. Try again in 59m\d+s\.$|^Too many sign-ups from your address: 3 an hour\. Try again in 1h0m0s\.$/,
      ),
      type: 'rate_limit_error',
      param: null,
      code: 'rate_limit_exceeded',
    })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3500)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(3600)
  })

  it('is an address, or the /64 of IPv6, and others are not closed with it', async () => {
    for (let at = 0; at < 3; at += 1) await signUp(`2001:db8:1:2::${at}`)
    expect((await signUp('2001:db8:1:2:ffff::9')).status).toBe(429)
    expect((await signUp('2001:db8:1:3::1')).status).toBe(201)
    expect((await signUp('10.0.0.2')).status).toBe(201)
  })

  it('tries out three names, taken or not', async () => {
    for (let at = 0; at < 3; at += 1) await signUp('10.0.0.3', 'admin')
    expect((await signUp('10.0.0.3')).status).toBe(429)
  })

  it('may send what is not valid, which costs nothing, and logs in all the same', async () => {
    const { json } = await signUp('10.0.0.4', 'eve')
    expect(json.access_token ?? json.token).toMatch(/./)
    for (let at = 0; at < 5; at += 1) expect((await signUp('10.0.0.4', '')).status).toBe(400)
    for (let at = 0; at < 3; at += 1) await signUp('10.0.0.4')
    const body = { username: 'eve', password: 'a long enough password' }
    const headers = { 'x-forwarded-for': '10.0.0.4' }
    expect((await ask(gateway, '/api/auth/login', { body, headers })).status).toBe(200)
  })
})

describe('the limit', () => {
  it('is off with 0', async () => {
    await gateway.close()
    await start({ SIGNUPS_PER_HOUR: '0' })
    const many = await Promise.all(Array.from({ length: 40 }, () => signUp('10.0.0.5')))
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([201]))
  })

  it('of a closed sign-up is not asked', async () => {
    await gateway.close()
    await start({ SIGNUP: 'closed', SIGNUPS_PER_HOUR: '1' })
    for (let at = 0; at < 3; at += 1) expect((await signUp('10.0.0.6')).status).toBe(403)
  })
})
