"""Two threads that compete for the GIL."""
import threading


def burn():
    while True:
        sum(range(1000))
        sum(range(1000))


threading.Thread(target=burn, daemon=True).start()
print("ready", flush=True)
burn()
