import { wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

export const limitSettings = {
  rateLimitRpm: setting('RATE_LIMIT_RPM', wholeNumber({ min: 0, max: 1_000_000_000 }), {
    default: '600',
    doc: 'Requests a minute that one user may make, over all keys and logins; 0 is no limit.',
  }),
  rateLimitKeyRpm: setting('RATE_LIMIT_KEY_RPM', wholeNumber({ min: 0, max: 1_000_000_000 }), {
    default: '0',
    doc: 'Requests a minute that one API key may make, within RATE_LIMIT_RPM; 0 is no limit of its own.',
  }),
  maxConcurrentStreams: setting('MAX_CONCURRENT_STREAMS', wholeNumber({ min: 0, max: 1_000_000 }), {
    default: '100',
    doc: 'Streamed answers that one user may have open at once; 0 is no limit.',
  }),
  maxMessages: setting('MAX_MESSAGES', wholeNumber({ min: 1, max: 1_000_000 }), {
    default: '2048',
    doc: 'Most messages in one request.',
  }),
  maxJsonDepth: setting('MAX_JSON_DEPTH', wholeNumber({ min: 8, max: 1000 }), {
    default: '128',
    doc: 'How deep the JSON of a request may nest.',
  }),
}
