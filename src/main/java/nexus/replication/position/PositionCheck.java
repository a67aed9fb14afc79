package nexus.replication.position;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.capture.ResumePoint;
import nexus.pgoutput.Lsn;
import nexus.replication.state.CaptureState.Gap;

/**
 * Computes the position to continue from, given the stored position and the present state of the source. A position is
 * always stored before it is confirmed, so a slot ahead of the store means that changes were skipped.
 *
 * @param position the position to continue from, with the stored generation
 * @param gaps stretches of WAL in which changes may have been missed, or whose stored changes the source no longer has
 */
public record PositionCheck(SourcePosition position, List<Gap> gaps) {
    /** An ordinal beyond all ordinals of a transaction. */
    private static final long WHOLE = Long.MAX_VALUE;

    public PositionCheck {
        gaps = List.copyOf(gaps);
    }

    /**
     * The present state of the source.
     *
     * @param confirmed the slot's {@code confirmed_flush_lsn}
     * @param end the position up to which its WAL is flushed
     * @param newSlotBecause the reason for a new slot, if one was just created in place of a lost one
     */
    public record Source(
            String systemId,
            TimelineHistory history,
            Lsn confirmed,
            Lsn end,
            String optionsHash,
            Optional<String> newSlotBecause) {}

    public static PositionCheck of(SourcePositionRepository.Stored stored, Source source, Instant now) {
        SourcePosition position = stored.position();
        Lsn done = position.doneEnd();
        if (!position.systemId().equals(source.systemId)) {
            Gap gap = gap(
                    stored,
                    done,
                    source.confirmed,
                    now,
                    "the source is another cluster: its system identifier was " + position.systemId() + " and is "
                            + source.systemId);
            return new PositionCheck(at(stored, source, source.confirmed, Optional.empty()), List.of(gap));
        }
        if (source.newSlotBecause.isPresent()) {
            Gap gap = gap(stored, done, source.confirmed, now, source.newSlotBecause.get());
            return new PositionCheck(at(stored, source, source.confirmed, Optional.empty()), List.of(gap));
        }
        List<Gap> gaps = new ArrayList<>();
        Optional<ResumePoint.Open> open = position.point().open();
        if (open.isPresent() && !stored.optionsHash().equals(source.optionsHash)) {
            Lsn commit = open.get().commitLsn();
            gaps.add(gap(
                    stored,
                    commit,
                    commit,
                    now,
                    "the publications' names were changed while the transaction at " + commit
                            + " was stored in part: its remaining changes can no longer be identified"));
            open = Optional.of(new ResumePoint.Open(commit, WHOLE));
        }
        if (position.timeline() != source.history.current()) {
            Optional<Lsn> switchPoint = source.history.switchPointOf(position.timeline());
            Lsn left = switchPoint.orElse(source.confirmed);
            if (switchPoint.isEmpty() || left.isBefore(done)) {
                gaps.add(gap(
                        stored,
                        left,
                        done,
                        now,
                        "a failover: timeline " + position.timeline() + " was stored up to " + done + ", and timeline "
                                + source.history.current() + " goes on from " + left));
                done = left;
            }
            open = open.filter(one -> one.commitLsn().isBefore(left));
        }
        if (done.isBefore(source.confirmed)) {
            gaps.add(gap(stored, done, source.confirmed, now, "the slot is ahead of the store"));
            done = source.confirmed;
            open = open.filter(one -> !one.commitLsn().isBefore(source.confirmed));
        }
        if (source.end.isBefore(done)) {
            // the server will reuse these positions, and their changes must not count as stored
            gaps.add(gap(
                    stored,
                    source.end,
                    done,
                    now,
                    "the source went back in time: it was stored up to " + done + ", and its WAL ends at "
                            + source.end));
            done = source.end;
            open = Optional.empty();
        }
        return new PositionCheck(at(stored, source, done, open), gaps);
    }

    /** Moves the position past a transaction that the source cannot send, if that transaction is still ahead. */
    public PositionCheck skip(Optional<UnreadableTransaction> transaction, Instant now) {
        Optional<Lsn> commit = transaction.map(UnreadableTransaction::commitLsn);
        if (commit.isEmpty() || commit.get().isBefore(position.doneEnd())) {
            return this;
        }
        List<Gap> more = new ArrayList<>(gaps);
        Lsn next = transaction.get().nextLsn();
        more.add(new Gap(
                Optional.of(commit.get().toString()),
                Optional.of(next.toString()),
                Optional.empty(),
                now,
                String.valueOf(transaction.get().getMessage())));
        return new PositionCheck(position.at(ResumePoint.between(next)), more);
    }

    private static Gap gap(SourcePositionRepository.Stored stored, Lsn from, Lsn to, Instant now, String reason) {
        return new Gap(
                Optional.of(from.toString()), Optional.of(to.toString()), Optional.of(stored.updatedAt()), now, reason);
    }

    private static SourcePosition at(
            SourcePositionRepository.Stored stored, Source source, Lsn done, Optional<ResumePoint.Open> open) {
        return new SourcePosition(
                stored.position().slot(),
                source.systemId,
                source.history.current(),
                stored.position().generation(),
                new ResumePoint(done, open));
    }
}
