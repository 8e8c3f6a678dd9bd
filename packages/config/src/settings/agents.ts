import { flag, number, oneOf, pairs, text, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

export const agentSettings = {
  reactMaxIterations: setting('REACT_MAX_ITERATIONS', wholeNumber({ min: 1, max: 100 }), {
    default: '10',
    doc: 'Most model calls of a ReAct loop; then it answers with what it has.',
  }),
  reactRetryOnError: setting('REACT_RETRY_ON_ERROR', flag, {
    default: 'on',
    doc: 'Whether a tool that may safely run twice gets a second try after a passing failure.',
  }),
  planMaxSteps: setting('PLAN_MAX_STEPS', wholeNumber({ min: 1, max: 50 }), {
    default: '10',
    doc: 'Most steps of a plan.',
  }),
  planMaxRetries: setting('PLAN_MAX_RETRIES', wholeNumber({ min: 0, max: 10 }), {
    default: '2',
    doc: 'Further tries of a step of a plan that failed.',
  }),
  runRetentionDays: setting('RUN_RETENTION_DAYS', number({ min: 0, max: 36_500 }), {
    default: '30',
    doc: 'Days after which the log of a run that is over, or still waits, is removed; 0 keeps them for ever.',
  }),
  toolApproval: setting(
    'TOOL_APPROVAL',
    pairs(oneOf('allow', 'ask', 'deny'), 'python_coder=ask,*=allow (allow, ask or deny)'),
    {
      default: '*=allow',
      doc: 'Whether agents may call a tool: allow, ask (the run waits for its user) or deny; * is all others.',
    },
  ),
  toolModels: setting(
    'TOOL_MODELS',
    pairs(text, 'websearch=ollama/qwen2.5:3b,*=ollama/qwen2.5:7b'),
    {
      defaultDoc: 'the model of the request',
      doc: 'Smaller models for the steps of plans that need a tool and for tools that ask a model: tool=model; * is all others.',
    },
  ),
  toolCalling: setting(
    'TOOL_CALLING',
    pairs(
      oneOf('native', 'prompted', 'none'),
      'ollama/gemma3:4b=prompted (native, prompted or none)',
    ),
    {
      defaultDoc: 'found out, and remembered',
      doc: 'How agents let a model call tools: provider/model=native, prompted (in the text) or none.',
    },
  ),
}
