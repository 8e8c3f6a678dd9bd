import { expect, test } from '@jest/globals'
import { startServer } from './start-server.ts'

const winter = Date.UTC(2026, 0, 5, 23, 4, 9)
const summer = Date.UTC(2026, 6, 5, 23, 4, 9)

async function ask(now: number, args: unknown) {
  const server = await startServer({ now: () => now })
  return server.result('get_current_time', args)
}

test.each([
  [winter, {}, '2026-01-05T23:04:09+00:00', 'Monday, 5 January 2026, 23:04:09, UTC, UTC+00:00'],
  [
    winter,
    { timezone: 'Europe/Berlin' },
    '2026-01-06T00:04:09+01:00',
    'Tuesday, 6 January 2026, 00:04:09, Europe/Berlin, UTC+01:00',
  ],
  [
    summer,
    { timezone: 'Europe/Berlin' },
    '2026-07-06T01:04:09+02:00',
    'Monday, 6 July 2026, 01:04:09, Europe/Berlin, UTC+02:00',
  ],
  [
    winter,
    { timezone: 'America/New_York' },
    '2026-01-05T18:04:09-05:00',
    'Monday, 5 January 2026, 18:04:09, America/New_York, UTC-05:00',
  ],
  [
    winter,
    { timezone: 'Asia/Tokyo' },
    '2026-01-06T08:04:09+09:00',
    'Tuesday, 6 January 2026, 08:04:09, Asia/Tokyo, UTC+09:00',
  ],
  [
    winter,
    { timezone: 'Pacific/Kiritimati' },
    '2026-01-06T13:04:09+14:00',
    'Tuesday, 6 January 2026, 13:04:09, Pacific/Kiritimati, UTC+14:00',
  ],
])('%j %j', async (...[now, args, iso, text]) => {
  const result = await ask(now, args)
  expect(result.content).toBe(`${text} (${iso})`)
  expect(result.data).toMatchObject({ iso, unix: now / 1000 })
  expect(new Date(iso).getTime()).toBe(now)
})

test('half and quarter hours', async () => {
  const india = await ask(winter, { timezone: 'Asia/Kolkata' })
  const nepal = await ask(winter, { timezone: 'Asia/Kathmandu' })
  expect(india.data).toMatchObject({ utc_offset: '+05:30' })
  expect(nepal.data).toMatchObject({ utc_offset: '+05:45' })
})

test('the clocks of a zone change within a second', async () => {
  const before = Date.UTC(2026, 2, 29, 0, 59, 59)
  const zone = { timezone: 'Europe/Berlin' }
  expect((await ask(before, zone)).data).toMatchObject({ iso: '2026-03-29T01:59:59+01:00' })
  expect((await ask(before + 1000, zone)).data).toMatchObject({ iso: '2026-03-29T03:00:00+02:00' })
})

test.each(['Berlin', 'Mars/Olympus', '', '../etc/passwd', 'UTC; rm -rf', 'Europe/Berlin\u0000'])(
  'the time zone %j is an error that names an example',
  async (timezone) => {
    const result = await ask(winter, { timezone })
    expect(result.error).toEqual({ code: 'invalid_timezone', retryable: false })
    expect(result.content).toContain('Europe/Berlin, America/New_York')
  },
)

test('without an injected clock it is the real one', async () => {
  const server = await startServer()
  const { data } = await server.result('get_current_time', { timezone: 'UTC' })
  expect(Math.abs((data as { unix: number }).unix - Date.now() / 1000)).toBeLessThan(60)
})
