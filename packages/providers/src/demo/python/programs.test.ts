import { spawnSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { writeProgram } from './programs.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0
const itRuns = hasPython ? it : it.skip

describe('programs', () => {
  itRuns.each([
    ['What is the 50th Fibonacci number?', '12586269025'],
    ['fibonacci of 10', '55'],
    ['the first 6 fibonacci numbers', '[1, 1, 2, 3, 5, 8]'],
    ['What is the 100th prime number?', '541'],
    ['print the first five primes', '[2, 3, 5, 7, 11]'],
    ['is 97 prime?', 'True'],
    ['all primes below 20', '[2, 3, 5, 7, 11, 13, 17, 19]'],
    ['primes up to 7', '[2, 3, 5, 7]'],
    ['factorial of 20', '2432902008176640000'],
    ['What is 5 factorial', '120'],
    ['the sum of the numbers from 1 to 100', '5050'],
    ['sum of the first 10 integers', '55'],
    ['gcd of 12 and 18', '6'],
    ['least common multiple of 4 and 6', '12'],
    ['the mean of 2, 4 and 9', '5'],
    ['median of 1, 9, 3', '3'],
    ['sort 3, 1, 2', '[1, 2, 3]'],
    ['the maximum of 3, 10 and 2', '10'],
    ['What is 2 to the power of 100?', '1267650600228229401496703205376'],
    ['square root of 144', '12.0'],
    ['print hello world', 'Hello, world!'],
  ])('%j prints %s', (request, printed) => {
    const { stdout, stderr } = spawnSync('python3', ['-c', writeProgram(request) ?? ''], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe(printed)
  })

  it.each([
    ['Plot sin(x) from 0 to 10', 'plt.plot(x, np.sin(x))'],
    ['draw a graph of y = x^2 + 2x', 'plt.plot(x, x**2 + 2 * x)'],
    ['bar chart of 3, 5 and 8', 'plt.bar(range(3), [3, 5, 8])'],
    ['pie chart of 10, 20', 'plt.pie([10, 20])'],
    ['histogram of 1, 1, 2', 'plt.hist([1, 1, 2])'],
  ])('%j draws and saves', (request, line) => {
    const program = writeProgram(request)
    expect(program).toContain(line)
    expect(program).toContain('plt.savefig("plot.png")')
  })

  it.each([
    'tell me a joke',
    'plot the downfall of Rome',
    'plot __import__("os").system("ls")',
    'sort my socks',
  ])('%j is not written', (request) => {
    expect(writeProgram(request)).toBeUndefined()
  })
})
