package nexus.job;

import java.time.Duration;

/** The result of a step. */
public sealed interface Turn {
    /**
     * A step was stored, and the next one may follow at once.
     *
     * @param job after the step
     * @param events that count towards its rate
     */
    record Stepped(Job job, int events) implements Turn {}

    /** Nothing can be done for this time. */
    record Wait(Duration time) implements Turn {}

    /** The job was paused, cancelled or taken over since it was read, so that nothing was stored. */
    record Outdated() implements Turn {}

    /** Everything is done. */
    record Finished() implements Turn {}

    /**
     * The job can never be finished.
     *
     * @param reason for a person; part of the API's answer
     */
    record Failed(String reason) implements Turn {}
}
