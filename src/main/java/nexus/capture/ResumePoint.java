package nexus.capture;

import java.util.Optional;
import nexus.pgoutput.Lsn;

/**
 * The stored position; changes before it create no events again.
 *
 * @param doneEndLsn every transaction that committed before it is stored completely
 * @param open a partly stored transaction
 */
public record ResumePoint(Lsn doneEndLsn, Optional<Open> open) {
    /** Nothing is stored. */
    public static final ResumePoint START = new ResumePoint(Lsn.ZERO, Optional.empty());

    /** The messages up to and including {@code ordinal} are stored. */
    public record Open(Lsn commitLsn, long ordinal) {}
}
