"""The master's state in SQLite, used by one thread only."""

import sqlite3

from minireactor.thread_pool import ThreadPool

KEPT_LOG_CHUNKS = 400


class Database:
    def __init__(self, reactor):
        self._pool = ThreadPool(reactor, ["database"])
        self._connection = None

    def start(self):
        self._pool.start()
        self._pool.defer_to_thread(self._create_tables)

    def stop(self):
        self._pool.stop()

    def insert_log_chunk(self, build, step, text):
        return self._pool.defer_to_thread(self._insert_log_chunk, build, step, text)

    def insert_build(self, number, builder, result):
        return self._pool.defer_to_thread(self._insert_build, number, builder, result)

    def count_results(self):
        return self._pool.defer_to_thread(self._count_results)

    def _create_tables(self):
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute("CREATE TABLE builds (number INTEGER PRIMARY KEY, builder TEXT, result INTEGER)")
        self._connection.execute("CREATE TABLE logs (id INTEGER PRIMARY KEY, build INTEGER, step TEXT, text TEXT)")

    def _insert_log_chunk(self, build, step, text):
        self._connection.execute("INSERT INTO logs (build, step, text) VALUES (?, ?, ?)", (build, step, text))
        self._delete_old_chunks()

    def _delete_old_chunks(self):
        self._connection.execute(
            "DELETE FROM logs WHERE id <= (SELECT MAX(id) FROM logs) - ?", (KEPT_LOG_CHUNKS,)
        )

    def _insert_build(self, number, builder, result):
        self._connection.execute("INSERT INTO builds VALUES (?, ?, ?)", (number, builder, result))

    def _count_results(self):
        query = "SELECT builder, result, COUNT(*) FROM builds GROUP BY builder, result ORDER BY builder, result"
        return self._connection.execute(query).fetchall()
