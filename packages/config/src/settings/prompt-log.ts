import { text, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

export const promptLogSettings = {
  promptLog: setting('PROMPT_LOG', text, {
    defaultDoc: 'off',
    doc: 'File that gets one JSON line a model call, with the whole prompt and answer: data/logs/prompts.log.',
  }),
  promptLogMaxMb: setting('PROMPT_LOG_MAX_MB', wholeNumber({ min: 1, max: 100_000 }), {
    default: '64',
    doc: 'Size in MiB at which that file is put aside and a new one begun.',
  }),
  promptLogKeep: setting('PROMPT_LOG_KEEP', wholeNumber({ min: 0, max: 1000 }), {
    default: '5',
    doc: 'How many such files are kept beside the one being written.',
  }),
}
