package nexus.webhook.connection;

import org.jspecify.annotations.Nullable;

/**
 * How often a request was sent without an answer within one attempt, or within one fetch of a token, and whether it is
 * sent again. Pure.
 *
 * @param unprocessed how often the receiver said that it did not process the request
 * @param wasStale whether a kept connection was closed just as the request used it
 */
public record Resends(int unprocessed, boolean wasStale) {
    public static final Resends NONE = new Resends(0, false);
    static final int MAX_UNPROCESSED = 6;
    private static final long FIRST_WAIT_MILLIS = 50;

    /**
     * The request is sent again.
     *
     * @param waitMillis before that; zero for at once
     */
    public record Resend(long waitMillis, Resends counted) {}

    /**
     * Decides after a request got no answer.
     *
     * @param isUnprocessed the receiver did nothing with it, so that it costs no attempt: it is sent again at once, then
     *     after growing waits
     * @param isStale its kept connection was closed before an answer began: it is sent again once
     * @return null when it is not sent again
     */
    public @Nullable Resend after(boolean isUnprocessed, boolean isStale) {
        if (isUnprocessed && unprocessed < MAX_UNPROCESSED) {
            long wait = unprocessed == 0 ? 0 : FIRST_WAIT_MILLIS << (unprocessed - 1);
            return new Resend(wait, new Resends(unprocessed + 1, wasStale));
        }
        return isStale && !wasStale ? new Resend(0, new Resends(unprocessed, true)) : null;
    }
}
