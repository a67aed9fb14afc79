package nexus.replication.slot;

import java.util.Optional;
import nexus.replication.source.SourceConfig.SlotLost;
import nexus.replication.state.CannotCapture;

/** What capture does with the slot that it finds, or does not find. */
public sealed interface SlotDecision {

    /** Read it. */
    record Use() implements SlotDecision {}

    /** The first one. */
    record Make() implements SlotDecision {}

    /**
     * A new one instead of one that was lost: what changed in between is a gap.
     *
     * @param isThere the old one has to be dropped first
     */
    record Replace(boolean isThere, String because) implements SlotDecision {}

    /** Capture has to wait. */
    record Wait(CannotCapture why) implements SlotDecision {}

    /**
     * @param wasUsed the store has a position in it
     * @param resetRequested somebody has asked for a new one
     */
    static SlotDecision of(
            ReplicationSlot slot, String name, boolean wasUsed, boolean resetRequested, SlotLost policy) {
        Optional<String> reset = resetRequested
                ? Optional.of("it was reset on request")
                : policy == SlotLost.RECREATE ? Optional.of("NEXUS_SLOT_LOST=recreate") : Optional.empty();
        return switch (slot) {
            case ReplicationSlot.Free free ->
                resetRequested ? new Replace(true, "the slot was reset on request") : new Use();
            case ReplicationSlot.InUse inUse ->
                new Wait(CannotCapture.standby("pid " + inUse.pid() + " of the source reads the slot"));
            case ReplicationSlot.InCreation inCreation ->
                new Wait(CannotCapture.standby("pid " + inCreation.pid() + " of the source makes the slot"));
            case ReplicationSlot.Foreign foreign ->
                new Wait(CannotCapture.blocked(
                        "the slot " + name + " is a " + foreign.what() + "; choose another NEXUS_SLOT"));
            case ReplicationSlot.Invalidated invalidated ->
                lost("the slot was invalidated (" + invalidated.reason() + ")", true, reset);
            case ReplicationSlot.Missing missing -> wasUsed ? lost("the slot was dropped", false, reset) : new Make();
        };
    }

    private static SlotDecision lost(String what, boolean isThere, Optional<String> reset) {
        return reset.<SlotDecision>map(by -> new Replace(isThere, what + " and made again: " + by))
                .orElseGet(() -> new Wait(CannotCapture.lost(what)));
    }
}
