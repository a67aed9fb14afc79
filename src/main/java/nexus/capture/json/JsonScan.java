package nexus.capture.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks in one pass that a text is exactly one JSON value (RFC 8259). If an object has a name twice, the last value counts,
 * as in {@code jsonb}: {@link #write} omits the others and copies everything else unchanged, digit for digit. Reuses its
 * memory for the next text. Not thread-safe.
 */
public final class JsonScan {
    /** Deeper values are refused, because libraries of receivers accept at most 1000 levels, counted from the body. */
    static final int MAX_DEPTH = 500;

    static final String NO_VALUE = "not JSON";
    static final String TOO_DEEP = "JSON of more than " + MAX_DEPTH + " levels";

    /** Objects with at most this many names are compared name by name. */
    private static final int FEW_NAMES = 8;
    /** Memory that is kept for the next text, in names. */
    private static final int KEPT_NAMES = 1 << 12;

    private static final int ARRAY = -1;
    private byte[] text = {};
    private int from;
    private int at;
    private int to;

    private int[] open = new int[16]; // for an object the number of names at its start, or ARRAY
    private int depth;
    private long[] hashes = new long[16]; // hashes of the names of open objects
    private int[] starts = new int[16]; // start of each of these names
    private int names;
    private int[] table = {};
    private long[] dropped = new long[4]; // start and end of members whose name is repeated
    private int drops;

    /** @return null when it is one value, else the reason why not */
    @Nullable
    String refused(byte[] text, int from, int to) {
        this.text = text;
        this.from = from;
        this.at = from;
        this.to = to;
        depth = 0;
        names = 0;
        drops = 0;
        if (hashes.length > KEPT_NAMES) {
            hashes = new long[16];
            starts = new int[16];
        }
        return scan();
    }

    /** Whether an object of the last value has a name twice. */
    boolean hasNameTwice() {
        return drops > 0;
    }

    /** Writes the last value. */
    void write(JsonWriter out) {
        if (drops == 0) {
            out.raw(text, from, to);
            return;
        }
        Arrays.sort(dropped, 0, drops);
        int next = from;
        for (int i = 0; i < drops; i++) {
            int start = (int) (dropped[i] >>> 32);
            if (start >= next) { // otherwise it lies within another one
                out.raw(text, next, start);
            }
            next = Math.max(next, (int) dropped[i]);
        }
        out.raw(text, next, to);
    }

    /** The end of a number by the grammar of JSON; {@code from} when there is none. */
    public static int endOfNumber(byte[] text, int from, int to) {
        int at = from;
        if (at < to && text[at] == '-') {
            at++;
        }
        int digits = endOfDigits(text, at, to);
        if (digits == at || (text[at] == '0' && digits > at + 1)) {
            return from;
        }
        at = digits;
        if (at < to && text[at] == '.') {
            digits = endOfDigits(text, at + 1, to);
            if (digits == at + 1) {
                return from;
            }
            at = digits;
        }
        if (at < to && (text[at] == 'e' || text[at] == 'E')) {
            int exponent = at + 1;
            if (exponent < to && (text[exponent] == '+' || text[exponent] == '-')) {
                exponent++;
            }
            digits = endOfDigits(text, exponent, to);
            return digits == exponent ? from : digits;
        }
        return at;
    }

    private static int endOfDigits(byte[] text, int from, int to) {
        int at = from;
        while (at < to && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at;
    }

    private @Nullable String scan() {
        while (true) { // a value starts here
            skipBlanks();
            if (at >= to) {
                return NO_VALUE;
            }
            byte b = text[at];
            if (b == '{' || b == '[') {
                if (depth == MAX_DEPTH) {
                    return TOO_DEEP;
                }
                if (depth == open.length) {
                    open = Arrays.copyOf(open, 2 * depth);
                }
                open[depth++] = b == '{' ? names : ARRAY;
                at++;
                skipBlanks();
                if (!isNext(b == '{' ? '}' : ']')) {
                    if (b == '{' && !name()) {
                        return NO_VALUE;
                    }
                    continue;
                }
                at++;
                depth--;
            } else if (!scalar(b)) {
                return NO_VALUE;
            }
            while (true) { // a value ends here
                skipBlanks();
                if (depth == 0) {
                    return at == to ? null : NO_VALUE;
                }
                boolean isArray = open[depth - 1] == ARRAY;
                if (isNext(',')) {
                    at++;
                    if (!isArray) {
                        skipBlanks();
                        if (!name()) {
                            return NO_VALUE;
                        }
                    }
                    break;
                } else if (!isNext(isArray ? ']' : '}')) {
                    return NO_VALUE;
                }
                if (!isArray) {
                    endObject(open[depth - 1]);
                }
                at++;
                depth--;
            }
        }
    }

    private boolean isNext(char c) {
        return at < to && text[at] == c;
    }

    private void skipBlanks() {
        while (at < to && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
    }

    private boolean scalar(byte first) {
        return switch (first) {
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> {
                int end = endOfNumber(text, at, to);
                boolean isNumber = end > at;
                at = end;
                yield isNumber;
            }
        };
    }

    private boolean word(String word) {
        if (to - at < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[at + i] != word.charAt(i)) {
                return false;
            }
        }
        at += word.length();
        return true;
    }

    /** Reads a string with its quotes. */
    private boolean string() {
        at++;
        while (at < to) {
            byte b = text[at];
            if (b == '"') {
                at++;
                return true;
            } else if (b == '\\') {
                int length = escape();
                if (length == 0) {
                    return false;
                }
                at += length;
            } else if (b >= 0x20) {
                at++;
            } else {
                int length = b < 0 ? Utf8.length(text, at, to) : 0;
                if (length == 0) {
                    return false;
                }
                at += length;
            }
        }
        return false;
    }

    /** @return its length, or 0 when it is not one */
    private int escape() {
        if (at + 1 >= to) {
            return 0;
        }
        return switch (text[at + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> 2;
            case 'u' -> at + 6 <= to && JsonName.hex4(text, at + 2) >= 0 ? 6 : 0;
            default -> 0;
        };
    }

    /** Reads the name of a member and the colon after it. */
    private boolean name() {
        int start = at;
        if (!isNext('"') || !string()) {
            return false;
        }
        if (names == starts.length) {
            starts = Arrays.copyOf(starts, 2 * names);
            hashes = Arrays.copyOf(hashes, 2 * names);
        }
        starts[names] = start;
        hashes[names++] = JsonName.hash(text, start, at);
        skipBlanks();
        if (!isNext(':')) {
            return false;
        }
        at++;
        return true;
    }

    /** Marks every member whose name is repeated later, up to the start of the next member, and drops the names. */
    private void endObject(int first) {
        if (names - first > FEW_NAMES) {
            findInTable(first);
        } else {
            for (int i = first; i < names - 1; i++) {
                for (int later = i + 1; later < names; later++) {
                    if (hashes[i] == hashes[later] && JsonName.isSame(text, starts[i], starts[later])) {
                        drop(i);
                        break;
                    }
                }
            }
        }
        names = first;
    }

    private void findInTable(int first) {
        int size = Integer.highestOneBit(names - first) << 2;
        if (table.length < size || table.length > 4 * KEPT_NAMES) {
            table = new int[size];
        } else {
            Arrays.fill(table, 0, size, 0);
        }
        for (int i = first; i < names; i++) {
            int slot = (int) (hashes[i] >>> 32) & (size - 1);
            while (table[slot] != 0) {
                int earlier = table[slot] - 1;
                if (hashes[earlier] == hashes[i] && JsonName.isSame(text, starts[earlier], starts[i])) {
                    drop(earlier);
                    break;
                }
                slot = (slot + 1) & (size - 1);
            }
            table[slot] = i + 1;
        }
    }

    private void drop(int name) {
        if (drops == dropped.length) {
            dropped = Arrays.copyOf(dropped, 2 * drops);
        }
        dropped[drops++] = (long) starts[name] << 32 | starts[name + 1];
    }
}
