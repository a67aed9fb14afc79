package nexus.capture.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as UTF-8 bytes, up to a limit, and notes values that do not match their types. Strings are escaped like
 * PostgreSQL's {@code escape_json}; bytes that are not UTF-8 become U+FFFD.
 */
public final class JsonWriter {
    /** The limit is reached. It has no stack trace, because it is an expected outcome for changes that are too large. */
    public static final class FullException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FullException() {
            super("the limit is reached", null, false, false);
        }
    }

    private static final int INITIAL_BYTES = 512;
    /** The array doubles up to this size and grows by a quarter above it, because old and new array exist at the same time. */
    private static final int DOUBLED_UP_TO = 1 << 20;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    static final String NOT_UTF8 = "not UTF-8";

    private final int limit;
    private byte[] bytes;
    private int size;
    private @Nullable JsonScan scan;
    private @Nullable String note; // of the current value
    private Map<JsonText, String> notes = Map.of(); // created with the first note, because few changes have one

    /** @param limit in bytes */
    public JsonWriter(int limit) {
        this(limit, INITIAL_BYTES);
    }

    /** @param expected approximate final size */
    public JsonWriter(int limit, int expected) {
        this.limit = limit;
        this.bytes = new byte[Math.min(expected, limit)];
    }

    /** Writes one ASCII character. */
    public void put(char c) {
        reserve(1);
        bytes[size++] = (byte) c;
    }

    /** Writes JSON unchanged. */
    public void raw(byte[] json) {
        raw(json, 0, json.length);
    }

    public void raw(byte[] json, int from, int to) {
        reserve(to - from);
        System.arraycopy(json, from, bytes, size, to - from);
        size += to - from;
    }

    /** Writes unvalidated JSON, as a string when it is not exactly one value. */
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

    /** Whether the bytes since {@code start} are exactly one value with unique names. */
    public boolean isOneValueSince(int start) {
        JsonScan own = new JsonScan();
        return own.refused(bytes, start, size) == null && !own.hasNameTwice();
    }

    public int size() {
        return size;
    }

    /** Discards the bytes since {@code start}. */
    public void backTo(int start) {
        size = start;
    }

    /** Notes why the current value does not match its type. The first reason of a value stays. */
    public void note(String why) {
        if (note == null) {
            note = why;
        }
    }

    /** Ends the value of a column and assigns the note, if any, to it. */
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

    /** The reasons for columns whose values do not match their types. */
    public Map<JsonText, String> notes() {
        return notes;
    }

    /** Whether there is any note. */
    public boolean hasNotes() {
        return note != null || !notes.isEmpty();
    }

    /** Writes ASCII that needs no escaping. */
    public void ascii(String json) {
        raw(json.getBytes(StandardCharsets.US_ASCII));
    }

    public void string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        string(utf8, 0, utf8.length);
    }

    /** Writes UTF-8 text as a JSON string. */
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

    /** Must be called last, because it may return the writer's own array. */
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
