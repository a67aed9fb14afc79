package nexus.replication.connection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose input can be waited for without consuming it, and whose messages can be shortened, above TLS if TLS is
 * used. One thread waits and reads.
 */
public final class StreamSocket extends Socket {
    private @Nullable Input input;
    private @Nullable ShorteningInput messages;
    private boolean isBelowTls;

    @Override
    public InputStream getInputStream() throws IOException {
        return isBelowTls ? input() : wrapInput(input());
    }

    /** Marks that TLS reads this socket and the driver reads from TLS. */
    void markBelowTls() {
        isBelowTls = true;
    }

    /** Wraps the input that the driver reads: that of the socket itself, or that of TLS over it. */
    ShorteningInput wrapInput(InputStream of) {
        ShorteningInput made = new ShorteningInput(of);
        messages = made;
        return made;
    }

    /** See {@link ShorteningInput#begin}. */
    public void shortenMessages(int longestRow, Set<String> prefixesRead) {
        Objects.requireNonNull(messages, "the driver reads nothing").begin(longestRow, prefixesRead);
    }

    boolean hasInput() throws IOException {
        return input().available() > 0;
    }

    private Input input() throws IOException {
        Input known = input;
        if (known == null) {
            known = new Input(super.getInputStream());
            input = known;
        }
        return known;
    }

    /**
     * Waits until there is something to read or the connection has ended.
     *
     * @param atMost at least a millisecond
     * @return false after the timeout
     */
    boolean awaitInput(Duration atMost) throws IOException {
        int timeout = getSoTimeout();
        setSoTimeout((int) atMost.toMillis());
        try {
            input().peek();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            setSoTimeout(timeout);
        }
    }

    private static final class Input extends FilterInputStream {
        private static final int NONE = -1;

        private int peeked = NONE;

        Input(InputStream in) {
            super(in);
        }

        void peek() throws IOException {
            if (peeked == NONE) {
                peeked = in.read(); // -1 at the end of the input
            }
        }

        private int takePeeked() {
            int taken = peeked;
            peeked = NONE;
            return taken;
        }

        @Override
        public int read() throws IOException {
            return peeked == NONE ? in.read() : takePeeked();
        }

        /** Does not block once it has the peeked byte, since a byte that was returned cannot be returned again. */
        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            if (peeked == NONE || count == 0) {
                return in.read(into, from, count);
            }
            into[from] = (byte) takePeeked();
            int more = Math.min(count - 1, in.available());
            return more == 0 ? 1 : 1 + Math.max(0, in.read(into, from + 1, more));
        }

        @Override
        public long skip(long count) throws IOException {
            if (peeked == NONE || count <= 0) {
                return in.skip(count);
            }
            takePeeked();
            return 1;
        }

        @Override
        public int available() throws IOException {
            return in.available() + (peeked == NONE ? 0 : 1);
        }
    }
}
