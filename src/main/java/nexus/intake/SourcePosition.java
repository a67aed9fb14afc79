package nexus.intake;

import java.util.Optional;

/**
 * The position up to which the source's WAL is stored: a row of {@code source_position}.
 *
 * @param generation increases with each process that takes capture over
 * @param doneEndLsn end of the last completely stored transaction, as an unsigned 64-bit LSN; the only position that is
 *     ever confirmed
 * @param open a partly stored transaction
 */
public record SourcePosition(
        String slot, String systemId, int timeline, long generation, long doneEndLsn, Optional<Open> open) {

    /**
     * A transaction whose messages up to and including {@code ordinal} are stored.
     *
     * @param commitLsn from its BEGIN
     */
    public record Open(long commitLsn, long ordinal) {}
}
