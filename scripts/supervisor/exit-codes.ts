export const exitCodes = {
  stopped: 0,
  badUsage: 2,
  badSetting: 2,
  portInUse: 3,
  serverDied: 70,
  killed: 130,
} as const

export const exitCodesHelp = `Exit codes:
  0    stopped by Ctrl-C, SIGTERM or SIGHUP
  2    a setting or an argument is not valid
  3    a port is in use, or the address cannot be used
  70   the main API died, or a server did not start
  130  stopped at once by a second Ctrl-C
`
