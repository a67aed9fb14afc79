package nexus.replication.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.capture.Progress;
import nexus.capture.ResumePoint;
import nexus.event.IncomingEvent;
import nexus.intake.Along;
import nexus.pgoutput.Lsn;
import nexus.replication.position.SourcePosition;

/** The events that were read and are not being stored yet, and the position of their end. */
public final class ReadBatch {
    private final SourcePosition from;
    private final int maxEvents;
    private final long maxBytes;
    private List<IncomingEvent> events = new ArrayList<>();
    private List<Along> along = new ArrayList<>();
    private long bytes;
    private long transactions;
    private boolean isInTransaction;
    private ResumePoint end;

    public ReadBatch(SourcePosition from, int maxEvents, long maxBytes) {
        this.from = from;
        this.end = from.point();
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
            end = new ResumePoint(
                    end.doneEndLsn(), Optional.of(new ResumePoint.Open(within.commitLsn(), within.ordinal())));
        }
    }

    /** Adds a change that is stored with the events. */
    void add(Along change) {
        along.add(change);
    }

    void complete(Lsn endLsn) {
        isInTransaction = false;
        transactions++;
        end = ResumePoint.between(endLsn);
    }

    /** Whether it ends within a transaction; its position then includes the progress in that transaction. */
    boolean isInTransaction() {
        return isInTransaction;
    }

    boolean isEmpty() {
        return events.isEmpty() && along.isEmpty();
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
        return !isEmpty()
                || (stored.point().open().isPresent() && !stored.point().equals(end));
    }

    SourcePosition end() {
        return from.at(end);
    }

    /**
     * Moves the end to {@code lsn}. The batch must be between two transactions, with nothing left to read before {@code
     * lsn}.
     */
    void skipTo(Lsn lsn) {
        if (end.doneEndLsn().isBefore(lsn)) {
            end = ResumePoint.between(lsn);
        }
    }

    long transactions() {
        return transactions;
    }

    /** Events, and the changes that are stored with them. */
    record Taken(List<IncomingEvent> events, List<Along> along) {
        static final Taken NOTHING = new Taken(List.of(), List.of());
    }

    /** Returns the events and continues with an empty batch at its end. */
    Taken take() {
        Taken taken = new Taken(events, along);
        events = new ArrayList<>();
        along = new ArrayList<>();
        bytes = 0;
        transactions = 0;
        return taken;
    }
}
