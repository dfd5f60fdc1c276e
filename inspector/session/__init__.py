"""One open file: the protocol (both processes), the client (window), the worker process."""
