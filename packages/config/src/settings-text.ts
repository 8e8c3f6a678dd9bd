/** The settings as text for people: `--help` and `.env.example`. */
import type { Setting } from './setting.ts'
import { settingsGroups } from './settings/index.ts'

const width = 100
const indent = 4

/** All settings, by group, with what they are for and what holds when they are not set. */
export function settingsHelp(): string {
  const lines = documentedGroups().flatMap(({ title, settings }) => [
    '',
    `${title}:`,
    ...settings.flatMap((setting) => [
      `  ${setting.name}`,
      ...wrap(describe(setting), ' '.repeat(indent)),
    ]),
  ])
  return [
    'Settings are environment variables; a file .env in the folder of the servers gives them too.',
    ...lines,
    '',
  ].join('\n')
}

/** The text of `.env.example`: every setting, commented out. */
export function envExample(): string {
  const lines = documentedGroups().flatMap(({ title, settings }) => [
    '',
    `# --- ${title} ---`,
    ...settings.flatMap((setting) => [
      '',
      ...wrap(describe(setting), '# '),
      `#${setting.name}=${setting.default ?? ''}`,
    ]),
  ])
  return [
    '# Copy this file to .env and take the # away from the settings that you change.',
    '# The environment wins over .env; an empty value means not set.',
    ...lines,
    '',
  ].join('\n')
}

function documentedGroups() {
  return settingsGroups.map(({ title, settings }) => ({
    title,
    settings: settings.filter(({ internal }) => !internal),
  }))
}

function describe({ doc, default: value, defaultDoc }: Setting<unknown>): string {
  const shown = value ?? defaultDoc
  return shown === undefined ? doc : `${doc} Default: ${shown}.`
}

function wrap(text: string, prefix: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && `${last} ${word}`.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${prefix}${word}`)
  }
  return lines
}
