package nexus.tally;

import org.jspecify.annotations.Nullable;

/** The kind of an attempt's answer, with the number under which it is stored. */
public enum StatusClass {
    /** There was no answer. */
    NONE(0),
    OTHER(1),
    SUCCESSFUL(2),
    REDIRECT(3),
    CLIENT_ERROR(4),
    SERVER_ERROR(5);

    private static final StatusClass[] ALL = values();

    private final int number;

    StatusClass(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** @param statusCode null when there was no answer */
    static StatusClass of(@Nullable Integer statusCode) {
        if (statusCode == null) {
            return NONE;
        }
        int hundreds = statusCode / 100;
        return hundreds >= SUCCESSFUL.number ? numbered(hundreds) : OTHER;
    }

    /** @param number as stored; a number of a later version is {@link #OTHER} */
    public static StatusClass numbered(int number) {
        for (StatusClass one : ALL) {
            if (one.number == number) {
                return one;
            }
        }
        return OTHER;
    }
}
