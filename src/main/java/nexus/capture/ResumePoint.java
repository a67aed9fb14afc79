package nexus.capture;

import java.util.Optional;
import nexus.pgoutput.Lsn;

/**
 * What is stored already, so that it makes no events again.
 *
 * @param doneEndLsn every transaction that committed before it is stored whole
 * @param open a transaction stored in part
 */
public record ResumePoint(Lsn doneEndLsn, Optional<Open> open) {
    /** Nothing is stored. */
    public static final ResumePoint START = new ResumePoint(Lsn.ZERO, Optional.empty());

    /** The messages up to and including {@code ordinal} are stored. */
    public record Open(Lsn commitLsn, long ordinal) {}
}
