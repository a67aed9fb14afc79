package nexus.replication.connection;

import java.io.IOException;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A connection for replication commands.
 *
 * @param socket below it, and below TLS
 * @param encoding of the texts in the stream
 */
public record StreamConnection(Connection connection, StreamSocket socket, Charset encoding) implements AutoCloseable {
    /** Whether bytes have come that were not read; also when that can't be told. */
    public boolean mayHaveInput() {
        try {
            return socket.hasInput();
        } catch (IOException e) {
            return true; // who reads is told
        }
    }

    /** @return whether there may be something to read; false when the time is over */
    public boolean awaitInput(Duration atMost) {
        try {
            return socket.awaitInput(atMost);
        } catch (IOException e) {
            return true; // who reads is told
        }
    }

    /** From any thread. */
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // it is being thrown away
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
