import { jwtAlgorithm, ownSecret } from '../kinds.ts'
import { setting } from '../setting.ts'

const kept = 'made at the first start, kept in DATA_DIR/secrets.json'

export const secretSettings = {
  adminApiKey: setting('ADMIN_API_KEY', ownSecret({ minLength: 8 }), {
    defaultDoc: kept,
    doc: 'Key that opens the main API.',
  }),
  serviceSecret: setting('SERVICE_SECRET', ownSecret({ minLength: 32 }), {
    defaultDoc: kept,
    doc: 'Secret that signs calls from the main API to the tools server; the same on both.',
  }),
  jwtSecretKey: setting('JWT_SECRET_KEY', ownSecret({ minLength: 32 }), {
    defaultDoc: kept,
    doc: 'Secret that signs logins; never the same as SERVICE_SECRET.',
  }),
  jwtAlgorithm: setting('JWT_ALGORITHM', jwtAlgorithm, {
    default: 'HS256',
    doc: 'Only HS256: one secret signs and verifies, and accepting others lets a token choose how it is checked.',
  }),
}
