package nexus.replication.position;

import nexus.capture.ResumePoint;
import nexus.intake.Checkpoint;
import nexus.pgoutput.Lsn;

/**
 * The position up to which the source's WAL is stored: a row of {@code source_position}.
 *
 * @param generation increases with each process that takes capture over
 */
public record SourcePosition(String slot, String systemId, int timeline, long generation, ResumePoint point) {

    /** End of the last completely stored transaction. */
    public Lsn doneEnd() {
        return point.doneEndLsn();
    }

    /** The same of a stored checkpoint. */
    public static Lsn doneEndOf(String checkpoint) {
        return ResumePoint.parse(checkpoint).doneEndLsn();
    }

    /** The same process at another point of the same WAL. */
    public SourcePosition at(ResumePoint other) {
        return new SourcePosition(slot, systemId, timeline, generation, other);
    }

    /** The step from here to a later position, for intake. */
    public Checkpoint upTo(SourcePosition later) {
        return new Checkpoint(slot, generation, point.text(), later.point.text());
    }
}
