package nexus.capture.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import nexus.capture.json.JsonScan;
import nexus.capture.json.JsonWriter;

/**
 * Converts a type's output text to the JSON that {@code to_json} returns for the value. The text is not trusted, because a
 * composite type may have changed between row and catalog, so that text arrives where a number is expected. Unexpected text
 * becomes a string, with a {@link JsonWriter#note}.
 */
public interface JsonFormat {

    /**
     * @param text UTF-8, the value from {@code from} to {@code to}
     * @throws MisfitException if the text does not have the shape that the catalog describes
     */
    void write(byte[] text, int from, int to, JsonWriter out);

    /** Whether the shape of the text depends on a composite type, which may have changed before or after the catalog was read. */
    default boolean mayMisfit() {
        return false;
    }

    /** Writes the text as a string, with a note. */
    record AsText(String why) implements JsonFormat {
        @Override
        public void write(byte[] text, int from, int to, JsonWriter out) {
            out.note(why);
            out.string(text, from, to);
        }
    }

    /** Formats that do not depend on other types. */
    enum Plain implements JsonFormat {
        /** A string of the text, for every type without JSON of its own. */
        STRING {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                out.string(text, from, to);
            }
        },
        /** The text is JSON already. */
        JSON {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                out.value(text, from, to);
            }
        },
        BOOLEAN {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                if (to - from == 1 && (text[from] == 't' || text[from] == 'f')) {
                    out.raw(text[from] == 't' ? TRUE : FALSE);
                } else {
                    misfit("not a boolean", text, from, to, out);
                }
            }
        },
        /** Digits unchanged; NaN and Infinity, which JSON has no numbers for, as strings. */
        NUMBER {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                if (from < to && JsonScan.endOfNumber(text, from, to) == to) {
                    out.raw(text, from, to);
                } else if (is(NAN, text, from, to) || is(INFINITY, text, afterSign(text, from, to), to)) {
                    out.string(text, from, to);
                } else {
                    misfit("not a number", text, from, to, out);
                }
            }

            private static int afterSign(byte[] text, int from, int to) {
                return from < to && text[from] == '-' ? from + 1 : from;
            }
        },
        /** {@code 2026-01-31 18:20:43.4} with a T for the blank; {@code infinity} unchanged. */
        TIMESTAMP {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                time(text, from, to, false, out);
            }
        },
        /** Like a timestamp, and {@code +00} becomes {@code +00:00}. */
        TIMESTAMP_WITH_ZONE {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                time(text, from, to, true, out);
            }
        };

        private static final byte[] TRUE = ascii("true");
        private static final byte[] FALSE = ascii("false");
        private static final byte[] ZERO_MINUTES = ascii(":00");
        private static final byte[] NAN = ascii("NaN");
        private static final byte[] INFINITY = ascii("Infinity");

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        private static void misfit(String why, byte[] text, int from, int to, JsonWriter out) {
            out.note(why);
            out.string(text, from, to);
        }

        private static void time(byte[] text, int from, int to, boolean hasZone, JsonWriter out) {
            TimeText time = TimeText.read(text, from, to, hasZone);
            if (time == null) {
                misfit("not a time", text, from, to, out);
                return;
            }
            out.put('"');
            out.raw(text, from, time.dateEnd());
            if (time.dateEnd() < to) {
                out.put('T');
                out.raw(text, time.dateEnd() + 1, time.zoneEnd());
                if (time.zoneHasHoursOnly()) {
                    out.raw(ZERO_MINUTES);
                }
                out.raw(text, time.zoneEnd(), to); // " BC"
            }
            out.put('"');
        }

        private static boolean is(byte[] expected, byte[] text, int from, int to) {
            return Arrays.equals(expected, 0, expected.length, text, from, to);
        }
    }
}
