import { flag, number, oneOf, text, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

/** The Python sandbox of the tools server. */
export const pythonSettings = {
  pythonExecutorMode: setting('PYTHON_EXECUTOR_MODE', oneOf('native', 'nanocoder'), {
    default: 'native',
    doc: 'Who writes the code that python_coder runs: native, the model itself; nanocoder, that program, from an instruction.',
  }),
  nanocoderCommand: setting('NANOCODER_COMMAND', text, {
    default: 'nanocoder',
    doc: 'The nanocoder command (npm install -g @nanocollective/nanocoder), by its name or path.',
  }),
  nanocoderTimeout: setting('NANOCODER_TIMEOUT', number({ min: 1, max: 86_400 }), {
    default: '300',
    doc: 'Seconds that nanocoder may take.',
  }),
  sandboxDriver: setting('SANDBOX_DRIVER', oneOf('auto', 'bubblewrap', 'gvisor', 'none'), {
    default: 'auto',
    doc: 'What isolates Python code: bubblewrap, gvisor, auto (the first that works), or none, which runs no code.',
  }),
  pythonInterpreter: setting('PYTHON_INTERPRETER', text, {
    default: '/usr/bin/python3',
    doc: 'The Python that runs in the sandbox, by its path.',
  }),
  pythonTimeout: setting('PYTHON_TIMEOUT', number({ min: 0.1, max: 3600 }), {
    default: '60',
    doc: 'Seconds that a run of Python may take where it asks for no other time.',
  }),
  pythonMaxTimeout: setting('PYTHON_MAX_TIMEOUT', number({ min: 1, max: 3600 }), {
    default: '300',
    doc: 'The most seconds that a run of Python may ask for.',
  }),
  pythonMemoryMb: setting('PYTHON_MEMORY_MB', wholeNumber({ min: 64, max: 1_048_576 }), {
    default: '1024',
    doc: 'Memory of a run of Python, all its processes together, in MiB.',
  }),
  pythonParallel: setting('PYTHON_PARALLEL', wholeNumber({ min: 1, max: 1000 }), {
    defaultDoc: 'the number of processors, 2 to 8',
    doc: 'How many runs of Python are at work at once; the others wait in turns, user by user.',
  }),
  pythonPoolSize: setting('PYTHON_POOL_SIZE', wholeNumber({ min: 0, max: 100 }), {
    default: '3',
    doc: 'How many sandboxes wait warm (some 8 MiB each); 0 starts each when it is needed.',
  }),
  pythonPreload: setting('PYTHON_PRELOAD', flag, {
    default: 'on',
    doc: 'Whether one more warm sandbox has numpy, pandas and matplotlib loaded (some 90 MiB).',
  }),
  scratchSessionMb: setting('SCRATCH_SESSION_MB', wholeNumber({ min: 1, max: 1_048_576 }), {
    default: '64',
    doc: "What a session's runs of Python may keep for the next ones, in MiB.",
  }),
  scratchOwnerMb: setting('SCRATCH_OWNER_MB', wholeNumber({ min: 1, max: 1_048_576 }), {
    default: '512',
    doc: "The same for all of a user's sessions together.",
  }),
  scratchDays: setting('SCRATCH_DAYS', number({ min: 0.01, max: 3650 }), {
    default: '7',
    doc: 'Days after which the scratch of a session that is not used is removed.',
  }),
}
