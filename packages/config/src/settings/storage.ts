import { text } from '../kinds.ts'
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
}
