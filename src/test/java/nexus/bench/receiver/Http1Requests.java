package nexus.bench.receiver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection, without objects for each. It knows as much HTTP/1.1 as a POST with a {@code
 * Content-Length} needs. What a request does is said by its path: {@code /count}, {@code /each/NUMBER}, {@code /blind},
 * {@code /hang} or {@code /fail-once}.
 */
final class Http1Requests {
    static final byte[] OK = ascii("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] FAILED = ascii("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] CONTENT_LENGTH = ascii("content-length:");
    private static final byte[] ID = ascii("webhook-id:");
    private static final byte[] ATTEMPT = ascii("x-delivery-attempt:");
    private static final int PATH = "POST /".length();
    private static final int EACH = "POST /each/".length();

    private final Receipts receipts;
    private ByteBuffer in = ByteBuffer.allocate(8 * 1024); // bytes that came and are not handled yet
    private int lookedAt; // of the head
    private int contentLength; // where the value begins, as the next two; 0: there is none
    private int id;
    private int attempt;
    private int bodyStart = -1;
    private int requestEnd = -1;

    Http1Requests(Receipts receipts) {
        this.receipts = receipts;
    }

    /** Where the next bytes belong; it has room for at least so many. */
    ByteBuffer in(int atLeast) {
        if (in.remaining() < atLeast) {
            int capacity = in.capacity();
            while (capacity - in.position() < atLeast) {
                capacity *= 2;
            }
            in = ByteBuffer.allocate(capacity).put(in.flip());
        }
        return in;
    }

    /** Whether a whole request is there, which {@link #handle} takes. */
    boolean hasNext() {
        if (bodyStart < 0) {
            readHead();
            if (bodyStart < 0) {
                return false;
            }
            requestEnd = bodyStart + (int) (contentLength == 0 ? 0 : digits(contentLength));
        }
        return in.position() >= requestEnd;
    }

    /** @return the answer; null for none, ever */
    byte @Nullable [] handle() {
        byte[] answer = answer();
        in.flip().position(requestEnd);
        in.compact();
        lookedAt = 0;
        contentLength = 0;
        id = 0;
        attempt = 0;
        bodyStart = -1;
        requestEnd = -1;
        return answer;
    }

    /** Goes over the head once, line by line. */
    private void readHead() {
        byte[] bytes = in.array();
        int end = in.position();
        for (int i = lookedAt; i < end; i++) {
            if (bytes[i] == '\n') {
                if (i + 2 >= end) {
                    lookedAt = i; // the next line has not come
                    return;
                }
                if (bytes[i + 1] == '\r') {
                    bodyStart = i + 3;
                    return;
                }
                readLine(bytes, i + 1, end);
            }
        }
        lookedAt = lastLine(bytes, end);
    }

    private void readLine(byte[] bytes, int from, int end) {
        switch (lower(bytes[from])) {
            case 'c' -> contentLength = startsWith(bytes, from, end, CONTENT_LENGTH, contentLength);
            case 'w' -> id = startsWith(bytes, from, end, ID, id);
            case 'x' -> attempt = startsWith(bytes, from, end, ATTEMPT, attempt);
            default -> {}
        }
    }

    /** Where the line begins that has not come whole: it is read again. */
    private static int lastLine(byte[] bytes, int end) {
        int i = end - 1;
        while (i > 0 && bytes[i] != '\n') {
            i--;
        }
        return Math.max(0, i);
    }

    /** @return where the value of this header begins; {@code known} when it is another one */
    private static int startsWith(byte[] bytes, int from, int end, byte[] name, int known) {
        if (from + name.length >= end) {
            return known;
        }
        for (int i = 0; i < name.length; i++) {
            if (lower(bytes[from + i]) != name[i]) {
                return known;
            }
        }
        int value = from + name.length;
        while (value < end - 1 && bytes[value] == ' ') {
            value++;
        }
        return value;
    }

    private byte @Nullable [] answer() {
        return switch (in.get(PATH)) {
            case 'c' -> {
                receipts.count(in.array(), bodyStart, requestEnd, id > 0 ? Receipts.hash(in.array(), id) : 0);
                yield OK;
            }
            case 'e' -> {
                receipts.countAt((int) digits(EACH), in.array(), bodyStart, requestEnd);
                yield OK;
            }
            case 'm' -> {
                receipts.countMany(in.array(), bodyStart, requestEnd);
                yield OK;
            }
            case 'b' -> {
                receipts.blindly();
                yield OK;
            }
            case 'h' -> null;
            default -> {
                if (attempt > 0 && digits(attempt) == 1) {
                    yield FAILED;
                }
                receipts.triedAgain(text(id));
                yield OK;
            }
        };
    }

    private String text(int from) {
        int to = from;
        while (in.get(to) != '\r') {
            to++;
        }
        return new String(in.array(), from, to - from, StandardCharsets.US_ASCII);
    }

    private long digits(int at) {
        return Receipts.digits(in.array(), at, in.position());
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
