package nexus.capture.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects JSON as UTF-8 bytes, up to a limit, and which values could not be written as what their types promise. Strings
 * are escaped as PostgreSQL's {@code escape_json} does; what is not UTF-8 in them becomes U+FFFD.
 */
public final class JsonWriter {
    /** There is no room for more. Carries no stack: it is an expected outcome, for changes that are too big. */
    public static final class FullException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FullException() {
            super("the limit is reached", null, false, false);
        }
    }

    private static final int INITIAL_BYTES = 512;
    /** Up to here the room is doubled; above it grows by a quarter, because old and new are there at the same time. */
    private static final int DOUBLED_UP_TO = 1 << 20;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    static final String NOT_UTF8 = "not UTF-8";

    private final int limit;
    private byte[] bytes;
    private int size;
    private @Nullable JsonScan scan;
    private @Nullable String note; // of the value at hand
    private Map<JsonText, String> notes = Map.of(); // made with the first note, as few changes have one

    /** @param limit in bytes */
    public JsonWriter(int limit) {
        this(limit, INITIAL_BYTES);
    }

    /** @param expected how much it will be, about */
    public JsonWriter(int limit, int expected) {
        this.limit = limit;
        this.bytes = new byte[Math.min(expected, limit)];
    }

    /** One ASCII character. */
    public void put(char c) {
        reserve(1);
        bytes[size++] = (byte) c;
    }

    /** JSON as it stands. */
    public void raw(byte[] json) {
        raw(json, 0, json.length);
    }

    public void raw(byte[] json, int from, int to) {
        reserve(to - from);
        System.arraycopy(json, from, bytes, size, to - from);
        size += to - from;
    }

    /** JSON that nobody has read yet: a string of it when it is not exactly one value. */
    public void value(byte[] text, int from, int to) {
        JsonScan known = scan;
        if (known == null) {
            known = new JsonScan();
            scan = known;
        }
        String refused = known.refused(text, from, to);
        if (refused == null) {
            known.write(this);
        } else {
            note(refused);
            string(text, from, to);
        }
    }

    /** Whether what was written since {@link #size} was asked is exactly one value, with each name once. */
    public boolean isOneValueSince(int start) {
        JsonScan own = new JsonScan();
        return own.refused(bytes, start, size) == null && !own.hasNameTwice();
    }

    public int size() {
        return size;
    }

    /** Forgets what was written since {@link #size} was asked. */
    public void backTo(int start) {
        size = start;
    }

    /** Says why the value at hand is not written as its type promises; the first reason stays. */
    public void note(String why) {
        if (note == null) {
            note = why;
        }
    }

    /** Ends the value of a column: if there is a note, it is about that. */
    public void endColumn(JsonText name) {
        String why = note;
        if (why != null) {
            if (notes.isEmpty()) {
                notes = new LinkedHashMap<>();
            }
            notes.putIfAbsent(name, why);
            note = null;
        }
    }

    /** Of columns that are not written as their types promise, why. */
    public Map<JsonText, String> notes() {
        return notes;
    }

    /** Whether there is a note about anything. */
    public boolean hasNotes() {
        return note != null || !notes.isEmpty();
    }

    /** ASCII that needs no escaping. */
    public void ascii(String json) {
        raw(json.getBytes(StandardCharsets.US_ASCII));
    }

    public void string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        string(utf8, 0, utf8.length);
    }

    /** A JSON string of UTF-8 text. */
    public void string(byte[] utf8, int from, int to) {
        put('"');
        int plainFrom = from;
        int at = from;
        while (at < to) {
            byte b = utf8[at];
            if (b >= 0x20 && b != '"' && b != '\\') {
                at++;
                continue;
            }
            int length = b < 0 ? Utf8.length(utf8, at, to) : 0;
            if (length == 0) {
                raw(utf8, plainFrom, at);
                if (b < 0) {
                    note(NOT_UTF8);
                    raw(Utf8.REPLACEMENT);
                } else {
                    escaped(b);
                }
                plainFrom = at + 1;
            }
            at += Math.max(1, length);
        }
        raw(utf8, plainFrom, to);
        put('"');
    }

    /** To be called last: it may be the writer's own array. */
    public byte[] toBytes() {
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
