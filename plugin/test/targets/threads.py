"""Starts threads that live for a moment, all the time, beside one that stays."""
import threading


def short_lived():
    sum(range(200))


def stays():
    threading.Event().wait()


threading.Thread(target=stays, name="stays", daemon=True).start()
print("ready", flush=True)
while True:
    threads = [threading.Thread(target=short_lived) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
