package nexus.job;

import java.util.Locale;

/** The state of a job. A job that is done, cancelled or failed never changes again. */
public enum JobState {
    RUNNING,
    PAUSED,
    DONE,
    CANCELLED,
    FAILED;

    /** As the API and the store write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean hasEnded() {
        return this != RUNNING && this != PAUSED;
    }

    /** @throws IllegalArgumentException if there is no such state */
    public static JobState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
