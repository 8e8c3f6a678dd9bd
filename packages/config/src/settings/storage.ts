import { number, text, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

export const storageSettings = {
  dataDir: setting('DATA_DIR', text, {
    default: 'data',
    doc: 'Folder of databases, secrets, uploads and logs; a relative path starts at the folder of the project.',
  }),
  modelsDir: setting('MODELS_DIR', text, {
    defaultDoc: 'DATA_DIR/models',
    doc: 'Folder of model weights.',
  }),
  promptsDir: setting('PROMPTS_DIR', text, {
    default: 'prompts',
    doc: 'Folder of the prompts, text that can be edited.',
  }),
  pluginsDir: setting('PLUGINS_DIR', text, {
    default: 'plugins',
    doc: 'Folder of tools of your own, TypeScript or JavaScript; what changes there is loaded anew.',
  }),
  fileLimitMb: setting('FILE_LIMIT_MB', wholeNumber({ min: 1, max: 10_240 }), {
    default: '50',
    doc: 'Largest file that may be uploaded, in MiB.',
  }),
  fileQuotaMb: setting('FILE_QUOTA_MB', wholeNumber({ min: 1, max: 10_485_760 }), {
    default: '1024',
    doc: 'Room that the files of one user may take, in MiB.',
  }),
  fileLinkHours: setting('FILE_LINK_HOURS', number({ min: 0.001, max: 8760 }), {
    default: '24',
    doc: 'How long a link to a file opens without a key, in hours.',
  }),
}
