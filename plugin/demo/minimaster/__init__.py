"""A pretend build master: builders, a worker, a database, a status page, and too much work for one loop."""
