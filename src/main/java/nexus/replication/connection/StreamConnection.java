package nexus.replication.connection;

import java.io.IOException;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A connection for replication commands.
 *
 * @param socket the socket below the connection, and below TLS
 * @param encoding the encoding of the texts in the stream
 */
public record StreamConnection(Connection connection, StreamSocket socket, Charset encoding) implements AutoCloseable {
    /** Whether there may be unread bytes; true when the socket cannot be checked. */
    public boolean mayHaveInput() {
        try {
            return socket.hasInput();
        } catch (IOException e) {
            return true; // the next read reports the error
        }
    }

    /** @return whether there may be something to read; false after the timeout */
    public boolean awaitInput(Duration atMost) {
        try {
            return socket.awaitInput(atMost);
        } catch (IOException e) {
            return true; // the next read reports the error
        }
    }

    /** Cuts the connection; may be called on any thread. */
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // the connection is discarded anyway
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
