package nexus.capture;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.pgoutput.Lsn;

/**
 * The stored position; changes before it create no events again.
 *
 * @param doneEndLsn end of the last completely stored transaction; the only position that is ever confirmed
 * @param open a partly stored transaction
 */
public record ResumePoint(Lsn doneEndLsn, Optional<Open> open) {
    /** Nothing is stored. */
    public static final ResumePoint START = new ResumePoint(Lsn.ZERO, Optional.empty());

    private static final Pattern TEXT = Pattern.compile("([^ ]+)(?: ([^ :]+):([0-9]{1,19}))?");

    /**
     * The messages up to and including {@code ordinal} are stored.
     *
     * @param commitLsn from its BEGIN
     */
    public record Open(Lsn commitLsn, long ordinal) {}

    /** Between two transactions. */
    public static ResumePoint between(Lsn doneEndLsn) {
        return new ResumePoint(doneEndLsn, Optional.empty());
    }

    /**
     * @param text as {@link #text} writes it
     * @throws IllegalArgumentException if it is anything else
     */
    public static ResumePoint parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a resume point: " + text);
        }
        Lsn done = Lsn.parse(matcher.group(1));
        return matcher.group(2) == null
                ? between(done)
                : new ResumePoint(
                        done, Optional.of(new Open(Lsn.parse(matcher.group(2)), Long.parseLong(matcher.group(3)))));
    }

    /** The one spelling in which it is stored and compared: {@code 0/1A2B3C8}, or {@code 0/1A2B3C8 0/1B00000:7}. */
    public String text() {
        return open.isEmpty()
                ? doneEndLsn.toString()
                : doneEndLsn + " " + open.get().commitLsn() + ":" + open.get().ordinal();
    }
}
