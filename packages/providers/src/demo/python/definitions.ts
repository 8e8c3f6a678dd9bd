/** Definitions that programs begin with. */
export const fibonacci = `def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


`

export const isPrime = `def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


`

export const primes = `from itertools import count, islice


def primes():
    for n in count(2):
        if all(n % d for d in range(2, int(n**0.5) + 1)):
            yield n


`
