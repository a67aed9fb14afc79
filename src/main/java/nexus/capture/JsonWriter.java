package nexus.capture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects JSON as UTF-8 bytes, up to a limit. Strings are escaped as PostgreSQL's {@code escape_json} does. */
final class JsonWriter {
    /** There is no room for more. Carries no stack: it is an expected outcome, for changes that are too big. */
    static final class FullException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FullException() {
            super("the limit is reached", null, false, false);
        }
    }

    private static final int INITIAL_BYTES = 512;
    /** Up to here the room is doubled; above it grows by a quarter, because old and new are there at the same time. */
    private static final int DOUBLED_UP_TO = 1 << 20;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final int limit;
    private byte[] bytes;
    private int size;

    /** @param limit in bytes */
    JsonWriter(int limit) {
        this(limit, INITIAL_BYTES);
    }

    /** @param expected how much it will be, about */
    JsonWriter(int limit, int expected) {
        this.limit = limit;
        this.bytes = new byte[Math.min(expected, limit)];
    }

    /** One ASCII character. */
    void put(char c) {
        reserve(1);
        bytes[size++] = (byte) c;
    }

    /** JSON as it stands. */
    void raw(byte[] json) {
        raw(json, 0, json.length);
    }

    void raw(byte[] json, int from, int to) {
        reserve(to - from);
        System.arraycopy(json, from, bytes, size, to - from);
        size += to - from;
    }

    /** ASCII that needs no escaping. */
    void ascii(String json) {
        raw(json.getBytes(StandardCharsets.US_ASCII));
    }

    void string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        string(utf8, 0, utf8.length);
    }

    /** A JSON string of UTF-8 text. */
    void string(byte[] utf8, int from, int to) {
        put('"');
        int plainFrom = from;
        for (int i = from; i < to; i++) {
            byte b = utf8[i];
            if (b == '"' || b == '\\' || (b >= 0 && b < 0x20)) {
                raw(utf8, plainFrom, i);
                escaped(b);
                plainFrom = i + 1;
            }
        }
        raw(utf8, plainFrom, to);
        put('"');
    }

    /** To be called last: it may be the writer's own array. */
    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void escaped(byte b) {
        put('\\');
        switch (b) {
            case '"', '\\' -> put((char) b);
            case '\b' -> put('b');
            case '\f' -> put('f');
            case '\n' -> put('n');
            case '\r' -> put('r');
            case '\t' -> put('t');
            default -> {
                reserve(5);
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[b >> 4];
                bytes[size++] = HEX[b & 0xf];
            }
        }
    }

    private void reserve(int more) {
        if (more > limit - size) {
            throw new FullException();
        }
        if (more > bytes.length - size) {
            long larger = bytes.length < DOUBLED_UP_TO ? 2L * bytes.length : bytes.length + bytes.length / 4L;
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(larger, (long) size + more), limit));
        }
    }
}
