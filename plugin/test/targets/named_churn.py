"""Starts and ends threads all the time, few and many by turns, so that the module's dict of threads grows and shrinks. Each names itself after its ident."""
import threading


def name_itself():
    thread = threading.current_thread()
    for suffix in ("", "-ü", "-поток"):
        thread.name = f"id-{thread.ident}{suffix}"
    go_on.wait()


print("ready", flush=True)
for count in [1, 40, 3, 200] * 1_000_000:
    go_on = threading.Event()
    threads = [threading.Thread(target=name_itself, name="new") for _ in range(count)]
    for thread in threads:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
