import { seconds } from '../kinds.ts'
import { setting } from '../setting.ts'

export const upstreamSettings = {
  connect: setting('UPSTREAM_CONNECT_TIMEOUT', seconds, {
    default: '10',
    doc: 'Seconds to connect to a provider.',
  }),
  firstByte: setting('UPSTREAM_FIRST_BYTE_TIMEOUT', seconds, {
    default: '600',
    doc: "Seconds until a provider's answer begins; slow local models need many.",
  }),
  silence: setting('UPSTREAM_SILENCE_TIMEOUT', seconds, {
    default: '300',
    doc: "Seconds between two pieces of a provider's answer.",
  }),
  total: setting('UPSTREAM_TOTAL_TIMEOUT', seconds, {
    default: '3600',
    doc: 'Seconds for the whole answer of a provider.',
  }),
}
