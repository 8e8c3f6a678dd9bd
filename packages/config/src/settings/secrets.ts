import { jwtAlgorithm } from '../kinds.ts'
import { ownSecret, signingSecret } from '../own-secret.ts'
import { setting } from '../setting.ts'

const kept = 'made at the first start, kept in DATA_DIR/secrets.json'

export const secretSettings = {
  adminApiKey: setting('ADMIN_API_KEY', ownSecret({ minLength: 8 }), {
    defaultDoc: 'random, printed once',
    doc: "The first administrator's API key, where it must be known beforehand; a new value is added at the next start.",
  }),
  serviceSecret: setting('SERVICE_SECRET', signingSecret, {
    defaultDoc: kept,
    doc: 'Secret that signs calls from the main API to the tools server; the same on both.',
  }),
  jwtSecretKey: setting('JWT_SECRET_KEY', signingSecret, {
    defaultDoc: kept,
    doc: 'Secret that signs logins; never the same as SERVICE_SECRET.',
  }),
  jwtAlgorithm: setting('JWT_ALGORITHM', jwtAlgorithm, {
    default: 'HS256',
    doc: 'Only HS256: one secret signs and verifies, and accepting others lets a token choose how it is checked.',
  }),
}
