export interface LocalTime {
  /** `Friday, 21 November 2025, 14:36:51, Europe/Berlin, UTC+01:00` */
  text: string
  /** ISO 8601 with the offset: `2025-11-21T14:36:51+01:00` */
  iso: string
  timezone: string
  utc_offset: string
  weekday: string
  /** Seconds since 1970. */
  unix: number
}

/** The moment as the clocks of a time zone show it; nothing where there is no such zone. */
export function timeIn(timezone: string, moment: Date): LocalTime | undefined {
  const format = formatFor(timezone)
  if (!format) return undefined
  const part = toParts(format, moment)
  // `GMT` for UTC itself, else `GMT+05:30`.
  const utcOffset = part('timeZoneName').replace('GMT', '') || '+00:00'
  const clock = `${part('hour')}:${part('minute')}:${part('second')}`
  const weekday = part('weekday')
  const zone = format.resolvedOptions().timeZone
  const month = moment.toLocaleDateString('en-GB', { timeZone: zone, month: 'long' })
  return {
    text: `${weekday}, ${Number(part('day'))} ${month} ${part('year')}, ${clock}, ${zone}, UTC${utcOffset}`,
    iso: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${clock}${utcOffset}`,
    timezone: zone,
    utc_offset: utcOffset,
    weekday,
    unix: Math.floor(moment.getTime() / 1000),
  }
}

function formatFor(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
  } catch {
    return undefined
  }
}

function toParts(
  format: Intl.DateTimeFormat,
  moment: Date,
): (type: Intl.DateTimeFormatPartTypes) => string {
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]))
  return (type) => parts.get(type) ?? ''
}
