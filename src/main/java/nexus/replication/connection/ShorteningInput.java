package nexus.replication.connection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import nexus.pgoutput.MessageShortener;
import org.jspecify.annotations.Nullable;

/**
 * Filters the bytes of the server before the driver reads them, because the driver reads a whole message into memory,
 * whatever its size. After {@link #begin}, messages of the stream that are too big are shortened by {@link
 * MessageShortener}; all others pass unchanged. An exception, such as a timeout, loses no bytes. Not thread-safe.
 */
final class ShorteningInput extends InputStream {
    private static final int BUFFER_BYTES = 1 << 16;
    /** Logical messages up to this size always pass. */
    private static final int LONGEST_MESSAGE = 1 << 16;
    /** The type and the length of a message. */
    private static final int HEADER_BYTES = 5;
    /** The message of the plugin follows {@code w}, two positions and a time. */
    private static final int FRAME_BYTES = HEADER_BYTES + 1 + 3 * Long.BYTES;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;
    private boolean hasBegun;
    private int longestRow;
    private Set<String> prefixesRead = Set.of();
    private long passing; // remaining bytes of the current message that pass unchanged
    private @Nullable MessageShortener shortener; // for the current message
    private byte[] shortened = {};
    private int shortenedAt;

    ShorteningInput(InputStream in) {
        this.in = in;
    }

    /**
     * Starts shortening; all bytes from here on are messages, since the driver has consumed the earlier ones.
     *
     * @param longestRow maximum size of the plugin's inserts, updates and deletes, in bytes
     * @param prefixesRead prefixes of the logical messages whose content is needed
     */
    void begin(int longestRow, Set<String> prefixesRead) {
        this.longestRow = longestRow;
        this.prefixesRead = prefixesRead;
        hasBegun = true;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        while (true) {
            if (shortenedAt < shortened.length) {
                return takeShortened(into, from, count);
            } else if (!hasBegun || passing > 0) {
                return pass(into, from, count);
            }
            boolean isMore = shortener == null ? beginMessage() : shorten();
            if (!isMore) {
                return at < end ? pass(into, from, count) : -1; // the end of the input, perhaps within a message
            }
        }
    }

    /** Skips at most as many bytes as one read returns. */
    @Override
    public long skip(long count) throws IOException {
        if (!hasBegun) {
            return in.skip(count);
        }
        byte[] skipped = new byte[Math.clamp(count, 0, BUFFER_BYTES)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    /** Returns zero inside a big message; otherwise the driver would block until its end and answer no keepalives. */
    @Override
    public int available() throws IOException {
        if (hasBegun && passing == 0) {
            readWithoutWaiting();
        }
        if (shortenedAt < shortened.length) {
            return shortened.length - shortenedAt;
        }
        return shortener == null ? end - at + in.available() : 0;
    }

    private void readWithoutWaiting() throws IOException {
        while (shortenedAt == shortened.length && passing == 0) {
            if (shortener != null && at < end) {
                shorten();
            } else if (shortener == null && end - at > FRAME_BYTES) {
                beginMessage();
            } else if (in.available() == 0 || !fill(end - at + 1)) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private int takeShortened(byte[] into, int from, int count) {
        int taken = Math.min(count, shortened.length - shortenedAt);
        System.arraycopy(shortened, shortenedAt, into, from, taken);
        shortenedAt += taken;
        if (shortenedAt == shortened.length) {
            shortened = new byte[0];
            shortenedAt = 0;
        }
        return taken;
    }

    private int pass(byte[] into, int from, int count) throws IOException {
        int atMost = passing > 0 ? (int) Math.min(count, passing) : count;
        int taken;
        if (at < end) {
            taken = Math.min(atMost, end - at);
            System.arraycopy(buffer, at, into, from, taken);
            at += taken;
        } else {
            taken = in.read(into, from, atMost);
        }
        if (passing > 0 && taken > 0) {
            passing -= taken;
        }
        return taken;
    }

    /** Decides whether the next message is shortened. Returns false at the end of the input. */
    private boolean beginMessage() throws IOException {
        if (!fill(HEADER_BYTES)) {
            return false;
        }
        int length = ByteBuffer.wrap(buffer).getInt(at + 1);
        if (length < Integer.BYTES) {
            throw new IOException("a message of the source is shorter than its length says");
        }
        if (buffer[at] == 'd' && length > Math.min(LONGEST_MESSAGE, longestRow)) {
            if (!fill(FRAME_BYTES + 1)) {
                return false;
            }
            byte tag = buffer[at + FRAME_BYTES];
            boolean isTooLong = tag == 'M' ? length > LONGEST_MESSAGE : length > longestRow;
            if (isTooLong && buffer[at + HEADER_BYTES] == 'w' && MessageShortener.knows(tag)) {
                shortener =
                        new MessageShortener(Arrays.copyOfRange(buffer, at, at + FRAME_BYTES), length, prefixesRead);
                at += FRAME_BYTES;
                return true;
            }
        }
        passing = 1L + length;
        return true;
    }

    private boolean shorten() throws IOException {
        MessageShortener open = shortener;
        if (open == null || (at == end && !fill(1))) {
            return false;
        }
        at += open.take(buffer, at, end);
        if (open.isComplete()) {
            shortened = open.toBytes();
            shortenedAt = 0;
            shortener = null;
        }
        return true;
    }

    /** Reads until this many bytes are buffered. Returns false at the end of the input. */
    private boolean fill(int count) throws IOException {
        if (end - at < count && buffer.length - at < count) {
            System.arraycopy(buffer, at, buffer, 0, end - at);
            end -= at;
            at = 0;
        }
        while (end - at < count) {
            if (at == end) {
                at = 0;
                end = 0;
            }
            int read = in.read(buffer, end, buffer.length - end);
            if (read < 0) {
                return false;
            }
            end += read;
        }
        return true;
    }
}
