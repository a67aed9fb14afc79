package nexus.capture.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import nexus.capture.json.JsonScan;
import nexus.capture.json.JsonWriter;

/**
 * How a type's output text becomes the JSON that {@code to_json} makes of the value. The text is not trusted: a composite
 * type may have changed between the row and the catalog, so that a text comes as a number. What is not what the format
 * expects becomes a string, with a {@link JsonWriter#note}.
 */
public interface JsonFormat {

    /**
     * @param text UTF-8, the value from {@code from} to {@code to}
     * @throws MisfitException if the text is not of the shape the catalog promised
     */
    void write(byte[] text, int from, int to, JsonWriter out);

    /** Whether the text's shape depends on a composite type, which may have changed since or before the catalog was read. */
    default boolean mayMisfit() {
        return false;
    }

    /** A string of the text instead of what the type promises. */
    record AsText(String why) implements JsonFormat {
        @Override
        public void write(byte[] text, int from, int to, JsonWriter out) {
            out.note(why);
            out.string(text, from, to);
        }
    }

    /** The types whose JSON doesn't depend on others. */
    enum Plain implements JsonFormat {
        /** A string of the text: every type that has no JSON of its own. */
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
        /** Digits as they are; what JSON has no number for (NaN, Infinity) as a string. */
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
        /** {@code 2026-01-31 18:20:43.4} with a T for the space; {@code infinity} as it is. */
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
