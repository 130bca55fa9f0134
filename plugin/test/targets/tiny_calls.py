"""Half of its work is a flat loop, half is a loop of tiny calls: a sampler biased against code that calls would get the shares wrong."""

from cpu_ledger import CpuLedger, run_until_told

ledger = CpuLedger()


def tiny(number):
    return number + 1


def many_tiny_calls():
    number = 0
    for _ in range(20_000):
        number = tiny(number)


def flat_loop():
    number = 0
    for _ in range(40_000):
        number = number + 1


def cycle():
    ledger.charge(many_tiny_calls)
    ledger.charge(flat_loop)


run_until_told(ledger, cycle)
