package nexus.replication.position;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.intake.SourcePosition;
import nexus.pgoutput.Lsn;
import nexus.replication.state.CaptureState.Gap;

/**
 * Where to go on, given what is stored and what the source is now. What is confirmed is always stored before, so a slot
 * that is further than the store means that changes were skipped.
 *
 * @param position from here; the generation is the stored one
 * @param gaps stretches in which changes may have been missed, or were stored that the source no longer has
 */
public record PositionCheck(SourcePosition position, List<Gap> gaps) {
    /** No ordinal of a transaction is beyond this one. */
    private static final long WHOLE = Long.MAX_VALUE;

    public PositionCheck {
        gaps = List.copyOf(gaps);
    }

    /**
     * The source as it presents itself.
     *
     * @param confirmed the slot's {@code confirmed_flush_lsn}
     * @param end up to where its WAL is flushed
     * @param newSlotBecause the slot was just made in the place of one that was lost
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
        Lsn done = new Lsn(position.doneEndLsn());
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
        Optional<SourcePosition.Open> open = position.open();
        if (open.isPresent() && !stored.optionsHash().equals(source.optionsHash)) {
            Lsn commit = new Lsn(open.get().commitLsn());
            gaps.add(gap(
                    stored,
                    commit,
                    commit,
                    now,
                    "the publications' names were changed while the transaction at " + commit
                            + " was stored in part: the rest of it can't be told from what is stored"));
            open = Optional.of(new SourcePosition.Open(open.get().commitLsn(), WHOLE));
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
            open = open.filter(one -> new Lsn(one.commitLsn()).isBefore(left));
        }
        if (done.isBefore(source.confirmed)) {
            gaps.add(gap(stored, done, source.confirmed, now, "the slot is further than the store"));
            done = source.confirmed;
            open = open.filter(one -> !new Lsn(one.commitLsn()).isBefore(source.confirmed));
        }
        if (source.end.isBefore(done)) { // the same places will be written again, and must not be taken for stored
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

    /** The same, but behind a transaction that the source can't send, if it is still to come. */
    public PositionCheck without(Optional<UnreadableTransaction> transaction, Instant now) {
        Optional<Lsn> commit = transaction.map(UnreadableTransaction::commitLsn);
        if (commit.isEmpty() || commit.get().isBefore(new Lsn(position.doneEndLsn()))) {
            return this;
        }
        List<Gap> more = new ArrayList<>(gaps);
        Lsn behind = transaction.get().behind();
        more.add(new Gap(
                Optional.of(commit.get().toString()),
                Optional.of(behind.toString()),
                Optional.empty(),
                now,
                String.valueOf(transaction.get().getMessage())));
        SourcePosition moved = new SourcePosition(
                position.slot(),
                position.systemId(),
                position.timeline(),
                position.generation(),
                behind.value(),
                Optional.empty());
        return new PositionCheck(moved, more);
    }

    private static Gap gap(SourcePositionRepository.Stored stored, Lsn from, Lsn to, Instant now, String reason) {
        return new Gap(
                Optional.of(from.toString()), Optional.of(to.toString()), Optional.of(stored.updatedAt()), now, reason);
    }

    private static SourcePosition at(
            SourcePositionRepository.Stored stored, Source source, Lsn done, Optional<SourcePosition.Open> open) {
        return new SourcePosition(
                stored.position().slot(),
                source.systemId,
                source.history.current(),
                stored.position().generation(),
                done.value(),
                open);
    }
}
