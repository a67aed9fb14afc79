package nexus.target;

import org.jspecify.annotations.Nullable;

/**
 * What a target answered, for the attempt's log.
 *
 * @param code of the target's protocol, such as the status of HTTP; null when the protocol has none
 * @param text the beginning of the answer; empty when there was no text
 */
public record Answer(@Nullable Integer code, String text) {}
