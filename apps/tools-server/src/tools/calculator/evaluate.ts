/**
 * mathjs only reads the expression and adds up its numbers; nothing of it is run by mathjs itself. Each node is of a kind
 * listed here and each name is in the tables of `operations.ts`, or the expression is refused.
 */
import type {
  ConstantNode,
  FunctionNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
} from 'mathjs'
import { CalculationError } from './calculation-error.ts'
import { math, type BigNumber } from './mathjs.ts'
import { constants, functions, operators, type Operation } from './operations.ts'
import { maxExponent } from './reals.ts'

const maxNesting = 100
const maxCostly = 60

type Node =
  | ConstantNode<number | BigNumber>
  | FunctionNode<MathNode>
  | OperatorNode
  | ParenthesisNode
  | SymbolNode

/** How many costly operations may still come. */
interface Budget {
  costly: number
}

/** @throws CalculationError */
export function evaluate(expression: string): BigNumber {
  return evaluateNode(parse(expression), { costly: maxCostly })
}

function parse(expression: string): MathNode {
  const text = toPlainSigns(expression)
  const strange = /[^\p{L}\d\s_.,+\-*/^%!()]/u.exec(text)
  if (strange) throw refuse(`The character '${strange[0]}' is not part of arithmetic.`)
  if (nestingOf(text) > maxNesting) throw refuse(`At most ${maxNesting} nested parentheses.`)
  try {
    return math.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? ` (${cause.message})` : ''
    throw new CalculationError(
      'invalid_expression',
      `The expression cannot be read${reason}. Write it like (2 + 3) * sqrt(16) / 4, numbers without thousands separators.`,
      { cause },
    )
  }
}

/** Signs as people and Python write them. A line break would separate expressions. */
function toPlainSigns(expression: string): string {
  return expression
    .replaceAll('**', '^')
    .replaceAll(/[×·]/g, '*')
    .replaceAll('÷', '/')
    .replaceAll(/[−–]/g, '-')
    .replaceAll('π', 'pi')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function nestingOf(text: string): number {
  let [depth, deepest] = [0, 0]
  for (const character of text) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

function evaluateNode(unknownNode: MathNode, budget: Budget): BigNumber {
  const node = unknownNode as Node
  switch (node.type) {
    case 'ConstantNode':
      return toNumber(node.value)
    case 'ParenthesisNode':
      return evaluateNode(node.content, budget)
    case 'SymbolNode':
      return valueOf(node.name)
    case 'OperatorNode': {
      const operator = operators.get(node.fn)
      if (!operator) throw refuse(`The operator '${String(node.op)}' is not supported.`)
      return apply(operator, { name: String(node.op), args: node.args }, budget)
    }
    case 'FunctionNode': {
      const name = nameOf(node.fn)
      const called = functions.get(name)
      if (!called) throw unknownName(name)
      return apply(called, { name, args: node.args }, budget)
    }
    default:
      return refuseKind(node)
  }
}

interface Application {
  name: string
  args: MathNode[]
}

function apply(
  { min, max, costly, compute }: Operation,
  { name, args }: Application,
  budget: Budget,
): BigNumber {
  if (args.length < min || args.length > max) {
    throw refuse(
      `${name} takes ${min === max ? min : `${min} or more`} argument(s), not ${args.length}.`,
    )
  }
  if (costly && (budget.costly -= 1) < 0) {
    throw new CalculationError(
      'limit_exceeded',
      `At most ${maxCostly} powers, roots and the like: compute it in parts.`,
    )
  }
  const values = args.map((arg) => evaluateNode(arg, budget))
  return checkResult(compute(...values), { name, values })
}

function checkResult(
  result: BigNumber,
  { name, values }: { name: string; values: BigNumber[] },
): BigNumber {
  if (result.isFinite()) return checkNumber(result)
  if (name === '/') throw new CalculationError('math_error', 'Division by zero.')
  const shown = values.map((value) => value.toSignificantDigits(10).toString())
  const step = /^\w/.test(name) ? `${name}(${shown.join(', ')})` : shown.join(` ${name} `)
  throw new CalculationError('math_error', `${step} is not a real number.`)
}

/** The parser's constants may also be true, a text or nothing; that of a percent sign is a plain number. */
function toNumber(constant: unknown): BigNumber {
  const value = typeof constant === 'number' ? math.bignumber(constant) : constant
  if (math.isBigNumber(value) && value.isFinite()) return checkNumber(value)
  throw refuse('There must be numbers, and only numbers, to compute with.')
}

function checkNumber(value: BigNumber): BigNumber {
  if (!value.isZero() && Math.abs(value.e) > maxExponent) {
    throw new CalculationError(
      'limit_exceeded',
      `Numbers may not go beyond 10^${maxExponent}, or below 10^-${maxExponent}.`,
    )
  }
  return value
}

function valueOf(name: string): BigNumber {
  const value = constants.get(name)
  if (value) return value
  if (functions.has(name)) throw refuse(`${name} is a function: write ${name}(…).`)
  throw unknownName(name)
}

function nameOf(node: MathNode): string {
  return node.type === 'SymbolNode' ? (node as SymbolNode).name : refuseKind(node as never)
}

function unknownName(name: string): CalculationError {
  const known = [...constants.keys(), ...functions.keys()].join(', ')
  return refuse(`There is no '${name.slice(0, 40)}': the names are ${known}.`)
}

/** Assignments, definitions, blocks, ranges, indexes, objects, matrices, conditions: mathjs reads them, we don't. */
function refuseKind(node: never): never {
  const kind = (node as MathNode).type.replace(/Node$/, '')
  throw refuse(`This is not arithmetic (${kind}): only numbers, + - * / ^ % ! and functions.`)
}

function refuse(message: string): CalculationError {
  return new CalculationError('invalid_expression', message)
}
