package nexus.capture;

import java.nio.charset.StandardCharsets;

/** How a type's output text becomes the JSON that {@code to_json} makes of the value. */
interface JsonFormat {

    /**
     * @param text UTF-8, the value from {@code from} to {@code to}
     * @throws MisfitException if the text is not of the shape the catalog promised
     */
    void write(byte[] text, int from, int to, JsonWriter out);

    /** Whether the text's shape depends on a composite type, which may have changed since or before the catalog was read. */
    default boolean mayMisfit() {
        return false;
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
                out.raw(text, from, to);
            }
        },
        BOOLEAN {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                out.raw(text[from] == 't' ? TRUE : FALSE);
            }
        },
        /** Digits as they are; what JSON has no number for (NaN, Infinity) as a string. */
        NUMBER {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                int at = from;
                while (at < to && isOfNumber(text[at])) {
                    at++;
                }
                if (at == to && from < to) {
                    out.raw(text, from, to);
                } else {
                    out.string(text, from, to);
                }
            }

            private static boolean isOfNumber(byte b) {
                return (b >= '0' && b <= '9') || b == '-' || b == '.' || b == 'e' || b == '+';
            }
        },
        /** {@code 2026-01-31 18:20:43.4} with a T for the space; {@code infinity} as it is. */
        TIMESTAMP {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                int space = indexOf(' ', text, from, to);
                out.put('"');
                out.raw(text, from, space);
                if (space < to) {
                    out.put('T');
                    out.raw(text, space + 1, to);
                }
                out.put('"');
            }
        },
        /** Like a timestamp, and {@code +00} becomes {@code +00:00}. */
        TIMESTAMP_WITH_ZONE {
            @Override
            public void write(byte[] text, int from, int to, JsonWriter out) {
                int space = indexOf(' ', text, from, to);
                out.put('"');
                out.raw(text, from, space);
                if (space < to) {
                    int sign = Math.min(indexOf('+', text, space, to), indexOf('-', text, space, to));
                    int zoneEnd = indexOf(' ', text, sign, to);
                    out.put('T');
                    out.raw(text, space + 1, zoneEnd);
                    if (indexOf(':', text, sign, zoneEnd) == zoneEnd) {
                        out.raw(ZERO_MINUTES);
                    }
                    out.raw(text, zoneEnd, to); // " BC"
                }
                out.put('"');
            }
        };

        private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] ZERO_MINUTES = ":00".getBytes(StandardCharsets.US_ASCII);

        /** {@code to} when it is not there. */
        private static int indexOf(char c, byte[] text, int from, int to) {
            int at = from;
            while (at < to && text[at] != c) {
                at++;
            }
            return at;
        }
    }
}
