"""Bytes of a socket in, whole lines out."""

RECEIVE_SIZE = 65536


class LineTransport:
    def __init__(self, reactor, connection, line_received):
        self._reactor = reactor
        self._connection = connection
        self._line_received = line_received
        self._buffer = b""
        reactor.add_reader(connection, self.do_read)

    def do_read(self):
        data = self._connection.recv(RECEIVE_SIZE)
        if data:
            self.data_received(data)
        else:
            self._reactor.remove_reader(self._connection)

    def data_received(self, data):
        lines = (self._buffer + data).split(b"\n")
        self._buffer = lines.pop()
        for line in lines:
            self._line_received(line.decode())

    def send_line(self, line):
        self._connection.sendall(line.encode() + b"\n")
