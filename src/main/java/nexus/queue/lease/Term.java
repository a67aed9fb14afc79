package nexus.queue.lease;

/** A process's membership, from joining to leaving or being taken over. A process that joins again has another. */
public record Term(int process, long epoch) {
    // written out, as in event.EventType
    @Override
    public boolean equals(Object other) {
        return other instanceof Term term && process == term.process && epoch == term.epoch;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(epoch);
    }
}
