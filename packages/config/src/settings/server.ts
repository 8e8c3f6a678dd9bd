import {
  flag,
  host,
  hostOrUrl,
  httpUrl,
  logLevel,
  origins,
  port,
  number,
  trustedProxy,
  wholeNumber,
} from '../kinds.ts'
import { setting } from '../setting.ts'

export const serverSettings = {
  host: setting('HOST', host, {
    default: '127.0.0.1',
    doc: 'Address that both servers bind to; 0.0.0.0 opens them to the network.',
  }),
  mainApiPort: setting('MAIN_API_PORT', port, { default: '10007', doc: 'Port of the main API.' }),
  toolsPort: setting('TOOLS_PORT', port, { default: '10006', doc: 'Port of the tools server.' }),
  toolsHost: setting('TOOLS_HOST', hostOrUrl, {
    defaultDoc: 'HOST, or 127.0.0.1',
    doc: 'Where the main API finds the tools server: a host, host:port or a URL.',
  }),
  publicUrl: setting('PUBLIC_URL', httpUrl, {
    defaultDoc: "http://HOST:MAIN_API_PORT, with an address of this machine's for 0.0.0.0",
    doc: 'How users reach the main API; used for links. Set it behind a proxy or in a container.',
  }),
  corsOrigins: setting('CORS_ORIGINS', origins, {
    defaultDoc: 'none',
    doc: 'Comma-separated web origins that may call the main API from a browser; * allows all.',
  }),
  trustProxy: setting('TRUST_PROXY', trustedProxy, {
    default: 'off',
    doc: 'Proxies in front whose X-Forwarded-* headers are believed: off, their number, or their addresses.',
  }),
  bodyLimitMb: setting('BODY_LIMIT_MB', wholeNumber({ min: 1, max: 2048 }), {
    default: '64',
    doc: 'Largest request body, in MiB.',
  }),
  drainSeconds: setting('DRAIN_SECONDS', number({ min: 0, max: 3600 }), {
    default: '10',
    doc: 'How long running answers may take to finish when a server is stopped.',
  }),
  logLevel: setting('LOG_LEVEL', logLevel, {
    default: 'info',
    doc: 'trace, debug, info, warn, error, fatal or silent.',
  }),
  supervised: setting('TANDEM_SUPERVISED', flag, {
    default: 'off',
    internal: true,
    doc: 'Set by start-servers: the server stops when its standard input ends.',
  }),
}
