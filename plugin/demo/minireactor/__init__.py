"""An event loop in the manner of Twisted: a reactor, deferreds, line transports and a thread pool."""
