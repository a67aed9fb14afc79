package nexus.replication.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.capture.Progress;
import nexus.event.IncomingEvent;
import nexus.intake.SourcePosition;
import nexus.pgoutput.Lsn;

/** The events that were read and are not being stored yet, and the position of their end. */
public final class ReadBatch {
    private final int maxEvents;
    private final long maxBytes;
    private List<IncomingEvent> events = new ArrayList<>();
    private long bytes;
    private long transactions;
    private boolean isInTransaction;
    private SourcePosition end;

    public ReadBatch(SourcePosition from, int maxEvents, long maxBytes) {
        this.end = from;
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    void begun() {
        isInTransaction = true;
    }

    void add(Progress.Within within) {
        events.addAll(within.events());
        bytes += within.bytes();
        if (within.ordinal() > 0) {
            end = at(
                    new Lsn(end.doneEndLsn()),
                    Optional.of(new SourcePosition.Open(within.commitLsn().value(), within.ordinal())));
        }
    }

    void complete(Lsn endLsn) {
        isInTransaction = false;
        transactions++;
        end = at(endLsn, Optional.empty());
    }

    /** Whether it ends within a transaction; its position then includes the progress in that transaction. */
    boolean isInTransaction() {
        return isInTransaction;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** Whether no more events may be added. */
    boolean isFull() {
        return events.size() >= maxEvents || bytes >= maxBytes;
    }

    /** Whether the batch should be stored now, with whole transactions of the source or as much of one as fits. */
    boolean isDue(SourcePosition stored) {
        if (isInTransaction) {
            return isFull();
        }
        return !events.isEmpty() || (stored.open().isPresent() && !stored.equals(end));
    }

    SourcePosition end() {
        return end;
    }

    /**
     * Moves the end to {@code lsn}. The batch must be between two transactions, with nothing left to read before {@code
     * lsn}.
     */
    void skipTo(Lsn lsn) {
        if (new Lsn(end.doneEndLsn()).isBefore(lsn)) {
            end = at(lsn, Optional.empty());
        }
    }

    long transactions() {
        return transactions;
    }

    /** Returns the events and continues with an empty batch at its end. */
    List<IncomingEvent> take() {
        List<IncomingEvent> taken = events;
        events = new ArrayList<>();
        bytes = 0;
        transactions = 0;
        return taken;
    }

    private SourcePosition at(Lsn doneEnd, Optional<SourcePosition.Open> open) {
        return new SourcePosition(end.slot(), end.systemId(), end.timeline(), end.generation(), doneEnd.value(), open);
    }
}
