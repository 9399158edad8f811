"""HOLD by SimPy with plain callbacks, its fastest style: N WARM EVENTS TABLE; prints the final clock and ns an event."""
import array
import sys
import time

import simpy

n, warm, events = (int(word) for word in sys.argv[1:4])
waits = array.array('d')
with open(sys.argv[4], 'rb') as file:
    waits.frombytes(file.read())
environment = simpy.Environment()
timeout = environment.timeout
i = 0


def hold(_):
    global i
    timeout(waits[i & 65535]).callbacks.append(hold)
    i += 1


for k in range(n):
    timeout(waits[k & 65535]).callbacks.append(hold)
step = environment.step
for _ in range(warm):
    step()
start = time.perf_counter()
for _ in range(events):
    step()
spent = time.perf_counter() - start
print(repr(float(environment.now)), spent * 1e9 / events)
