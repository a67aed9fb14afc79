package nexus.intake;

/**
 * The progress of a source, stored in the same transaction as the events that it covers. Intake does not interpret it: it
 * only compares {@code before} with the stored text, which {@code after} replaces.
 *
 * @param generation increases with each process that takes the source over; nothing is stored for an earlier one
 * @param before the progress that has to be stored now
 * @param after the progress once the events are stored
 */
public record Checkpoint(String source, long generation, String before, String after) {}
