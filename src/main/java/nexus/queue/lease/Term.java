package nexus.queue.lease;

/** The membership of a process, from joining to leaving or being taken over. A process that joins again gets a new term. */
public record Term(int process, long epoch) {
    // written out for the native executable, as in event.EventType
    @Override
    public boolean equals(Object other) {
        return other instanceof Term term && process == term.process && epoch == term.epoch;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(epoch);
    }
}
