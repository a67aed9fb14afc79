/**
 * How are hosts, durations, hashes, JSON and SQLSTATEs written?
 *
 * <p>Takes text, gives a checked value, or says which form is wrong. Never knows what the value is used for.
 */
@NullMarked
package nexus.notation;

import org.jspecify.annotations.NullMarked;
