import { newPasswordSchema, usernameSchema } from '@tandem/schemas'
import { number, oneOf, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

export const accountSettings = {
  signup: setting('SIGNUP', oneOf('open', 'closed'), {
    default: 'closed',
    doc: 'Whether anybody may make an account for themselves: open or closed.',
  }),
  signupsPerHour: setting('SIGNUPS_PER_HOUR', wholeNumber({ min: 0, max: 1_000_000_000 }), {
    default: '20',
    doc: 'Sign-ups that one client address may try in an hour, where sign-up is open; 0 is no limit.',
  }),
  apiKeysPerUser: setting('API_KEYS_PER_USER', wholeNumber({ min: 1, max: 1_000_000 }), {
    default: '100',
    doc: 'API keys that one user may have.',
  }),
  jwtExpirationHours: setting('JWT_EXPIRATION_HOURS', number({ min: 0.01, max: 87_600 }), {
    default: '168',
    doc: 'Hours that a login lasts.',
  }),
  adminUsername: setting('ADMIN_USERNAME', usernameSchema, {
    default: 'admin',
    doc: 'Name of the administrator that the first start makes.',
  }),
  adminPassword: setting('ADMIN_PASSWORD', newPasswordSchema, {
    defaultDoc: 'random, printed once',
    doc: 'Password of that administrator; later starts do not read it.',
  }),
}
