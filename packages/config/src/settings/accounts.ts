import { newPasswordSchema, usernameSchema } from '@tandem/schemas'
import { number, oneOf } from '../kinds.ts'
import { setting } from '../setting.ts'

export const accountSettings = {
  signup: setting('SIGNUP', oneOf('open', 'closed'), {
    default: 'closed',
    doc: 'Whether anybody may make an account for themselves: open or closed.',
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
