package nexus.event;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import nexus.refusal.Refusal;

/**
 * A pattern of event types: {@code *} matches one segment, {@code **} any number of segments including none, and a single
 * {@code *} every published event and every row change. Only patterns that start with {@code nexus.} match Nexus's own
 * events, and none matches the rows of a backfill.
 */
public record TypePattern(String value) {
    private static final String EVERYTHING = "*";
    private static final String ANY_NUMBER = "**";
    private static final String OWN_PREFIX = "nexus.";

    public TypePattern {
        if (!isPattern(value)) {
            throw new IllegalArgumentException("not a pattern of event types: " + value);
        }
    }

    public static TypePattern of(String value, String pointer) {
        if (!isPattern(value)) {
            throw new Refusal.Invalid(
                    pointer,
                    "must be segments of A-Z a-z 0-9 _ - (other characters as upper-case percent-encoded UTF-8), * or ** with"
                            + " dots between them, at most "
                            + EventType.MAX_ROW_CHANGE + " characters");
        }
        return new TypePattern(value);
    }

    /** A pattern that matches exactly one kind of row change. */
    public static TypePattern exactly(EventType type) {
        return new TypePattern(type.value());
    }

    public boolean matches(EventType type) {
        if (type.isOwn() && !value.startsWith(OWN_PREFIX)) {
            return false;
        }
        if (type.isSnapshot()) {
            return false; // only the subscription of its backfill receives it
        }
        if (value.equals(EVERYTHING)) {
            return true;
        }
        int wildcard = value.indexOf('*');
        if (wildcard < 0) {
            return value.equals(type.value());
        }
        // most patterns differ from the type in their first letters; a.** also matches a
        return type.value().regionMatches(0, value, 0, Math.max(0, wildcard - 1)) && matchesSegments(type.value());
    }

    /** The changes of this table that the pattern matches. */
    public Set<Operation> operationsOf(String schema, String table) {
        EnumSet<Operation> wanted = EnumSet.noneOf(Operation.class);
        for (Operation operation : Operation.values()) {
            if (matches(EventType.rowChange(schema, table, operation))) {
                wanted.add(operation);
            }
        }
        return wanted;
    }

    /** Whether it can match any row change. */
    public boolean isAboutTables() {
        return value.equals(EVERYTHING) || value.startsWith("pg.") || value.startsWith("*");
    }

    /** Whether it names one table, as {@code pg.public.orders.*} does. */
    public boolean namesOneTable() {
        List<String> segments = segments();
        return segments.size() >= 3
                && segments.get(0).equals("pg")
                && segments.get(1).indexOf('*') < 0
                && segments.get(2).indexOf('*') < 0;
    }

    private List<String> segments() {
        return List.of(value.split("\\.", -1));
    }

    /**
     * Takes time in proportion to pattern times type: on a mismatch the last {@code **} takes one more segment. Works on the
     * texts without splitting them, because every new type is matched with all patterns.
     */
    private boolean matchesSegments(String type) {
        int p = 0;
        int t = 0;
        int afterAnyNumber = -1;
        int takenUpTo = 0;
        while (t < type.length()) {
            if (isSegmentAt(p, ANY_NUMBER)) {
                p = nextSegment(value, p);
                afterAnyNumber = p;
                takenUpTo = t;
            } else if (isSegmentAt(p, "*") || isSameSegment(p, type, t)) {
                p = nextSegment(value, p);
                t = nextSegment(type, t);
            } else if (afterAnyNumber >= 0) {
                p = afterAnyNumber;
                takenUpTo = nextSegment(type, takenUpTo);
                t = takenUpTo;
            } else {
                return false;
            }
        }
        while (isSegmentAt(p, ANY_NUMBER)) {
            p = nextSegment(value, p);
        }
        return p > value.length();
    }

    private boolean isSegmentAt(int at, String wildcard) {
        return value.startsWith(wildcard, at) && nextSegment(value, at) == at + wildcard.length() + 1;
    }

    private boolean isSameSegment(int at, String type, int typeAt) {
        int length = nextSegment(type, typeAt) - typeAt - 1;
        return nextSegment(value, at) - at - 1 == length && value.regionMatches(at, type, typeAt, length);
    }

    /** The start of the next segment; one more than the length after the last one. */
    private static int nextSegment(String segments, int at) {
        int dot = segments.indexOf('.', at);
        return (dot < 0 ? segments.length() : dot) + 1;
    }

    private static boolean isPattern(String value) {
        if (value.isEmpty() || value.length() > EventType.MAX_ROW_CHANGE) {
            return false;
        }
        for (String segment : value.split("\\.", -1)) {
            if (segment.isEmpty()) {
                return false;
            }
            boolean isWildcard = segment.equals("*") || segment.equals(ANY_NUMBER);
            if (!isWildcard && !EventType.isSegment(segment)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return value;
    }
}
