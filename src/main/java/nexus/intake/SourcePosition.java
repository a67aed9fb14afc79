package nexus.intake;

import java.util.Optional;

/**
 * How far the source's WAL is stored: a row of {@code source_position}.
 *
 * @param generation raised by whoever takes capture over
 * @param doneEndLsn end of the last transaction stored whole, as an unsigned 64-bit LSN; the only one ever confirmed
 * @param open a transaction stored in part
 */
public record SourcePosition(
        String slot, String systemId, int timeline, long generation, long doneEndLsn, Optional<Open> open) {

    /**
     * A transaction of which the messages up to and including {@code ordinal} are stored.
     *
     * @param commitLsn from its BEGIN
     */
    public record Open(long commitLsn, long ordinal) {}
}
