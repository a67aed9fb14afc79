package nexus.replication.slot;

import java.util.Optional;
import nexus.replication.source.SourceConfig.SlotLost;
import nexus.replication.state.CannotCapture;

/** The action of capture on the slot that it found, or on a missing slot. */
public sealed interface SlotDecision {

    /** Read the slot. */
    record Use() implements SlotDecision {}

    /** Create the first slot. */
    record Create() implements SlotDecision {}

    /**
     * Create a new slot in place of a lost one. The changes in between are a gap.
     *
     * @param dropOld whether the old slot exists and has to be dropped first
     */
    record Replace(boolean dropOld, String because) implements SlotDecision {}

    /** Wait until capture is possible. */
    record Wait(CannotCapture why) implements SlotDecision {}

    /**
     * @param wasUsed whether the store has a position in this slot
     * @param resetRequested whether an operator has requested a new slot
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
                new Wait(CannotCapture.standby("pid " + inCreation.pid() + " of the source is creating the slot"));
            case ReplicationSlot.Foreign foreign ->
                new Wait(CannotCapture.blocked(
                        "the slot " + name + " is a " + foreign.what() + "; choose another NEXUS_SLOT"));
            case ReplicationSlot.Invalidated invalidated ->
                lost("the slot was invalidated (" + invalidated.reason() + ")", true, reset);
            case ReplicationSlot.Missing missing -> wasUsed ? lost("the slot was dropped", false, reset) : new Create();
        };
    }

    private static SlotDecision lost(String what, boolean dropOld, Optional<String> reset) {
        return reset.<SlotDecision>map(by -> new Replace(dropOld, what + " and created again: " + by))
                .orElseGet(() -> new Wait(CannotCapture.lost(what)));
    }
}
